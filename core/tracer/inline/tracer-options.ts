/** Options of a `VizTracer`: names, defaults, and what is said of wrong ones. */
import type { VizPluginBase } from '../../plugin-api/viz-plugin-base.ts';

export interface VizTracerOptions {
  /** Without the studio: so many events are kept, the oldest go first. Default 1,000,000. */
  readonly tracerEntries?: number;
  /** 0: `save` says nothing. Default 1: one line on stderr. */
  readonly verbose?: number;
  /** What `save()` writes: `.json`, `.json.gz` or `.tsr`. Default `result.json`, in the working directory. */
  readonly outputFile?: string;
  /** The process's id is put into the file's name. Default false. */
  readonly pidSuffix?: boolean;
  /** `getTracer` gives this tracer. Default true. */
  readonly registerGlobal?: boolean;
  /** Name of the process in the report. Default: that of the script. */
  readonly processName?: string;
  /** Values whose key looks secret are not recorded. Default true. Under the studio the launch says so, and this says nothing. */
  readonly maskSecrets?: boolean;
  /** Each a text (module, then its arguments) or an instance of `VizPluginBase`. */
  readonly plugins?: readonly (string | VizPluginBase)[];
  /** The names of the original. */
  readonly tracer_entries?: number;
  readonly output_file?: string;
  readonly pid_suffix?: boolean;
  readonly register_global?: boolean;
  readonly process_name?: string;
  readonly mask_secrets?: boolean;
}

export interface TracerConfig {
  tracerEntries: number;
  verbose: number;
  outputFile: string;
  pidSuffix: boolean;
  registerGlobal: boolean;
  processName: string | undefined;
  maskSecrets: boolean;
  plugins: readonly (string | VizPluginBase)[];
}

const DEFAULTS: TracerConfig = {
  tracerEntries: 1_000_000,
  verbose: 1,
  outputFile: 'result.json',
  pidSuffix: false,
  registerGlobal: true,
  processName: undefined,
  maskSecrets: true,
  plugins: [],
};

/** Undefined, or what is wrong with a value, in the words of the original where it has some. */
const CHECKS: { readonly [K in keyof TracerConfig]: (value: unknown) => string | undefined } = {
  tracerEntries: (value) => (Number.isSafeInteger(value) && (value as number) > 0 ? undefined : 'tracer_entries must be an integer above 0'),
  verbose: (value) => (Number.isInteger(value) ? undefined : 'verbose must be an integer'),
  outputFile: (value) => (typeof value === 'string' ? undefined : 'output_file should be a string or None'),
  pidSuffix: (value) => (typeof value === 'boolean' ? undefined : `pid_suffix needs to be a boolean, not ${String(value)}`),
  registerGlobal: (value) => (typeof value === 'boolean' ? undefined : 'register_global must be a boolean'),
  processName: (value) => (typeof value === 'string' ? undefined : 'process_name must be a string'),
  maskSecrets: (value) => (typeof value === 'boolean' ? undefined : 'mask_secrets must be a boolean'),
  plugins: (value) => (Array.isArray(value) ? undefined : 'plugins must be a list of texts and plugins'),
};

const camelCase = (key: string): string => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** With the defaults for what is missing or undefined. Throws a TypeError. */
export function readTracerOptions(options: VizTracerOptions | undefined): TracerConfig {
  if (options !== undefined && (typeof options !== 'object' || options === null))
    throw new TypeError(`VizTracer takes an object of options, not ${options === null ? 'null' : `a ${typeof options}`}`);
  const config = { ...DEFAULTS };
  for (const [key, value] of Object.entries(options ?? {})) {
    const name = camelCase(key) as keyof TracerConfig;
    if (!Object.hasOwn(CHECKS, name)) throw new TypeError(`VizTracer has no option ${JSON.stringify(key)}; its options are ${Object.keys(CHECKS).join(', ')}`);
    if (value === undefined || (value === null && name === 'outputFile')) continue;
    const problem = CHECKS[name](value);
    if (problem !== undefined) throw new TypeError(problem);
    Object.assign(config, { [name]: value });
  }
  return config;
}

/** Throws a TypeError or an Error for a name that no report can have. */
export function checkOutputFile(file: unknown): asserts file is string {
  if (typeof file !== 'string') throw new TypeError('output_file should be a string or None');
  if (!/\.(?:json|gz|tsr)$/.test(file)) throw new Error(`Only json, gz and tsr are supported, and "${file}" ends in none of them`);
}
