import { AttributeLog } from './attribute-log.ts';
import { type EventOptions, readOptions, writeConfig } from './event-options.ts';
import type { EventTracer } from './recorder.ts';
import { triggerlog } from './triggerlog.ts';

/** Static method of a class of events: makes the log of one instance; without a tracer it only checks the options. */
export const MAKE_LOG = Symbol('trace-studio.make-log');

/** For VizObject's `dispose`. */
export const DISPOSE = Symbol('trace-studio.dispose');

/**
 * Where an event keeps its log. No `#private` field: an event inside of somebody else's proxy (a reactive store), or one that
 * another object inherits from, has to find it, too.
 */
const LOG = Symbol('trace-studio.log');

interface EventClass {
  readonly name: string;
  [MAKE_LOG](tracer: EventTracer | undefined, name: string, className: string, options: object | undefined): AttributeLog | undefined;
}

/** What VizCounter and VizObject share. Not meant for direct use: logging then throws. */
export class EventBase {
  declare readonly [LOG]: AttributeLog | undefined;

  /**
   * `tracer` null or undefined: the object is a plain object, and every method of this class does nothing.
   * `name` not given: the name of the class. What is no tracer, name or options there, and an unknown option, throws a TypeError.
   */
  constructor(tracer: EventTracer | null | undefined, name?: string | null, options?: EventOptions) {
    const type = new.target as unknown as EventClass;
    const className = classNameOf(type);
    checkPlaces(className, tracer, name, options);
    const log = type[MAKE_LOG](tracer ?? undefined, String(name ?? className), className, options);
    if (!log) return;
    Object.defineProperty(this, LOG, { value: log });
    // biome-ignore lint/correctness/noConstructorReturn: the only way for fields of subclasses to be seen being written.
    return log.attach(this) as this;
  }

  static [MAKE_LOG](tracer: EventTracer | undefined, name: string, className: string, options: object | undefined): AttributeLog | undefined {
    const config = readOptions(options, className);
    return tracer && new UnusableLog(tracer, name, className, config);
  }

  static readonly triggerlog = triggerlog;

  /** Logs the content now, whatever `triggerOnChange` says. */
  log(): void {
    this[LOG]?.log();
  }
  _viztracerLog(): void {
    this[LOG]?.log();
  }
  _viztracer_log(): void {
    this[LOG]?.log();
  }

  [DISPOSE](): void {
    this[LOG]?.dispose();
  }

  /** Changes an option: `trigger_on_change`, `include_attributes`, `exclude_attributes`, in either spelling. Another key throws, and so does no value. */
  config(key: string, value: unknown): void {
    configure(this[LOG], key, value);
  }
  _viztracerSetConfig(key: string, value: unknown): void {
    configure(this[LOG], key, value);
  }
  _viztracer_set_config(key: string, value: unknown): void {
    configure(this[LOG], key, value);
  }
}

function configure(log: AttributeLog | undefined, key: string, value: unknown): void {
  if (!log) return;
  writeConfig(log.config, key, value);
  log.configure();
}

/** Whoever leaves one out, or puts it in another's place, would record nothing, or under a strange name, without a word. */
function checkPlaces(className: string, tracer: unknown, name: unknown, options: unknown): void {
  const isTracer = typeof tracer === 'object' && tracer !== null && 'enabled' in tracer && 'recorder' in tracer;
  if (tracer !== null && tracer !== undefined && !isTracer)
    throw new TypeError(`${className} takes a tracer first, as getTracer() gives it, or null for none; it was given ${kindOf(tracer)}`);
  if (typeof name === 'function' || (typeof name === 'object' && name !== null))
    throw new TypeError(`${className} takes a name second, as a text, and options third; as name it was given ${kindOf(name)}`);
  if (options !== null && options !== undefined && (typeof options !== 'object' || Array.isArray(options)))
    throw new TypeError(`The options of ${className} are an object, third, behind tracer and name; it was given ${kindOf(options)}`);
}

function kindOf(value: unknown): string {
  if (typeof value === 'function') return `the function ${value.name}`.trim();
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object that is none';
  return typeof value === 'string' ? `the text ${JSON.stringify(value.slice(0, 100))}` : String(value);
}

/** Of a class without a name that of the nearest one it extends. */
function classNameOf(type: object): string {
  for (let at: object | null = type; at; at = Object.getPrototypeOf(at)) {
    const name: unknown = Object.getOwnPropertyDescriptor(at, 'name')?.value;
    if (typeof name === 'string' && name !== '') return name;
  }
  return 'EventBase';
}

class UnusableLog extends AttributeLog {
  override log(): void {
    throw new Error('You should not use _EventBase class directly');
  }
  protected override check(): void {}
  protected override changed(): void {}
}
