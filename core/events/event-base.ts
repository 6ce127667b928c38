import { AttributeLog } from './attribute-log.ts';
import { type EventOptions, readOptions, writeConfig } from './event-options.ts';
import type { EventTracer } from './recorder.ts';
import { triggerlog } from './triggerlog.ts';

/** Static method of a class of events: makes the log of one instance. */
export const MAKE_LOG = Symbol('trace-studio.make-log');

/** For VizObject's `dispose`. */
export const DISPOSE = Symbol('trace-studio.dispose');

interface EventClass {
  readonly name: string;
  [MAKE_LOG](tracer: EventTracer, name: string, className: string, options: object | undefined): AttributeLog;
}

/** Returns the proxy from its constructor, so that the `#private` fields of derived classes are on the proxy. */
class Proxied {
  constructor(log: AttributeLog | undefined) {
    // biome-ignore lint/correctness/noConstructorReturn: the only way for fields of subclasses to be seen being written.
    if (log) return log.attach(this) as this;
  }
}

/** What VizCounter and VizObject share. Not meant for direct use: logging then throws. */
export class EventBase extends Proxied {
  readonly #log: AttributeLog | undefined;

  /**
   * `tracer` null or undefined: the object is a plain object, and every method of this class does nothing.
   * `name` not given: the name of the class. An unknown option throws a TypeError.
   */
  constructor(tracer: EventTracer | null | undefined, name?: string | null, options?: EventOptions) {
    const type = new.target as unknown as EventClass;
    const log = tracer ? type[MAKE_LOG](tracer, name ?? type.name, type.name, options) : undefined;
    if (!tracer) readOptions(options, type.name, {});
    super(log);
    this.#log = log;
  }

  static [MAKE_LOG](tracer: EventTracer, name: string, className: string, options: object | undefined): AttributeLog {
    return new UnusableLog(tracer, name, className, readOptions(options, className));
  }

  static readonly triggerlog = triggerlog;

  /** Logs the content now, whatever `triggerOnChange` says. */
  log(): void {
    this.#log?.log();
  }
  _viztracerLog(): void {
    this.#log?.log();
  }
  _viztracer_log(): void {
    this.#log?.log();
  }

  [DISPOSE](): void {
    this.#log?.dispose();
  }

  /** Changes an option: `trigger_on_change`, `include_attributes`, `exclude_attributes`, in either spelling. Another key throws. */
  config(key: string, value: unknown): void {
    this._viztracerSetConfig(key, value);
  }
  _viztracerSetConfig(key: string, value: unknown): void {
    if (!this.#log) return;
    writeConfig(this.#log.config, key, value);
    this.#log.configure();
  }
  _viztracer_set_config(key: string, value: unknown): void {
    this._viztracerSetConfig(key, value);
  }
}

class UnusableLog extends AttributeLog {
  override log(): void {
    throw new Error('You should not use _EventBase class directly');
  }
  protected override check(): void {}
  protected override changed(): void {}
}
