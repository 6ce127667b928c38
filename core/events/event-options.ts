import { DEFAULT_SNAPSHOT_LIMITS, type SnapshotLimits } from '../protocol/snapshot-value.ts';

export interface EventOptions {
  /** Every write to a public attribute logs. Default true. */
  triggerOnChange?: boolean;
  /** Not empty: only these attributes trigger and are recorded; `excludeAttributes` is ignored. Default []. */
  includeAttributes?: readonly string[];
  /** These neither trigger nor are recorded. Default []. */
  excludeAttributes?: readonly string[];
  /** The names of the original. */
  trigger_on_change?: boolean;
  include_attributes?: readonly string[];
  exclude_attributes?: readonly string[];
}

/** For objects also the bounds of a snapshot; see DEFAULT_SNAPSHOT_LIMITS. */
export interface ObjectOptions extends EventOptions, Partial<SnapshotLimits> {}

export interface EventConfig {
  triggerOnChange: boolean;
  includeAttributes: readonly string[];
  excludeAttributes: readonly string[];
}

const DEFAULTS: EventConfig = { triggerOnChange: true, includeAttributes: [], excludeAttributes: [] };
const LIMIT_NAMES = Object.keys(DEFAULT_SNAPSHOT_LIMITS) as (keyof SnapshotLimits)[];

const camelCase = (key: string): string => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The field of the configuration that `key` means in either spelling. */
function configName(key: string): keyof EventConfig | undefined {
  const name = camelCase(key);
  return Object.hasOwn(DEFAULTS, name) ? (name as keyof EventConfig) : undefined;
}

/** Throws a TypeError for an option that does not exist, naming those that do. `limits` also takes the bounds of a snapshot. */
export function readOptions(options: object | undefined | null, className: string, limits?: Partial<Record<keyof SnapshotLimits, number>>): EventConfig {
  const config = { ...DEFAULTS };
  for (const [key, value] of Object.entries(options ?? {})) {
    const limit = limits && LIMIT_NAMES.find((name) => name === camelCase(key));
    const name = configName(key);
    // An option that is there but undefined is one that was not given.
    if (name) setOption(config, name, value === undefined ? DEFAULTS[name] : value);
    else if (limit && limits) {
      if (value !== undefined) limits[limit] = readLimit(limit, value);
    } else {
      const known = [...Object.keys(DEFAULTS), ...(limits ? LIMIT_NAMES : [])];
      throw new TypeError(`${className} has no option ${JSON.stringify(key)}; its options are ${known.join(', ')}`);
    }
  }
  return config;
}

function readLimit(name: string, value: unknown): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new TypeError(`${name} has to be a number above 0`);
}

/** `config(key, value)`. Takes effect at the next write. */
export function writeConfig(config: EventConfig, key: string, value: unknown): void {
  const name = typeof key === 'string' ? configName(key) : undefined;
  if (!name) throw new Error(`No config named ${String(key)}`);
  if (value === undefined) throw new TypeError(`config takes a key and a value: config('${name}', …)`);
  setOption(config, name, value);
}

function setOption(config: EventConfig, name: keyof EventConfig, value: unknown): void {
  if (name === 'triggerOnChange') config.triggerOnChange = Boolean(value);
  else config[name] = attributeNames(name, value);
}

/** A copy, so that the caller's list can change; a string alone would be searched for parts of it. */
function attributeNames(name: string, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const iterable = typeof value === 'object' && Symbol.iterator in value;
  if (!iterable) throw new TypeError(`${name} has to be a list of names, not ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`);
  return [...new Set([...(value as Iterable<unknown>)].map(String))];
}
