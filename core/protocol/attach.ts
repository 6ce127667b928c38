/** A Node program that runs, as the studio can attach to it. Plain JSON. */

/** The tracer works from here on. */
export const OLDEST_NODE = '20.19';

export interface NodeProcess {
  readonly pid: number;
  /** Of its script, for people: `server.js`. */
  readonly name: string;
  readonly executable: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** `v22.14.0`. Undefined where it could not be asked. */
  readonly nodeVersion?: string;
  readonly startedAtMs?: number;
  /** Why it cannot be attached to, in a sentence. */
  readonly problem?: string;
}

/** What is recorded of it. */
export interface AttachOptions {
  readonly sampling: boolean;
  /** Absent: as the config file says, else every millisecond. */
  readonly samplingUs?: number;
  /** Every call of code that is loaded from then on. */
  readonly laterCalls: boolean;
  /** Collections, the event loop, marks, warnings, calls of the console: what can be taken back. */
  readonly runtime: boolean;
}

export const DEFAULT_ATTACH: AttachOptions = { sampling: true, laterCalls: true, runtime: true };
