import { ProblemError } from '../../core/base/result.ts';
import { MAX_MUTE_RULES, type MuteRule, withRules } from '../../core/protocol/function-rules.ts';
import type { RecordingCause } from '../../core/protocol/recording-format.ts';
import type { RecordingGate } from '../../core/protocol/session-types.ts';
import type { FunctionRule, TargetControl, TargetHello } from '../../core/protocol/target-wire.ts';
import type { Recorder } from './recorder.ts';
import type { TargetConnection } from './target-connection.ts';

/** What was switched in a session: recording, functions that are muted, sampling. Told to every process, and to those that come later. */
export class Switches {
  readonly #recorder: Recorder;
  readonly #connections: ReadonlySet<TargetConnection>;
  #gate: RecordingGate;
  #mutes: readonly MuteRule[] = [];
  /** What the user has switched last; undefined: as the launch said. */
  #sampling: boolean | undefined;

  constructor(recorder: Recorder, connections: ReadonlySet<TargetConnection>, paused: boolean) {
    this.#recorder = recorder;
    this.#connections = connections;
    this.#gate = { on: !paused, by: 'launch' };
    if (paused) recorder.info({ kind: 'recording', on: false, by: 'launch', timeNs: 0 });
  }

  get gate(): RecordingGate {
    return this.#gate;
  }

  get mutes(): readonly MuteRule[] {
    return this.#mutes;
  }

  /** To a process that has just connected. */
  greet(connection: TargetConnection, hello: TargetHello): void {
    if (this.#sampling !== undefined) connection.control({ command: 'sampling', on: this.#sampling });
    // It may have begun before recording was switched the last time, or by a parent that did not know of it yet.
    if (this.#gate.on === (hello.paused === true)) connection.control(controlOf(this.#gate));
    for (const { muted, ...rule } of this.#mutes) connection.control({ command: 'mute', muted, functions: [rule] });
  }

  /** True: it was not so already. `except` knows. */
  record(on: boolean, by: RecordingCause, timeNs: number, why: string | undefined, except: TargetConnection | undefined): boolean {
    const isNew = this.#gate.on !== on;
    if (isNew) {
      this.#gate = { on, by, ...(why !== undefined && { why }) };
      this.#recorder.info({ kind: 'recording', on, by, timeNs });
    }
    // Also where it is so already: a process may have been told otherwise by its script at this very moment.
    for (const connection of this.#connections) if (connection !== except) connection.control(controlOf(this.#gate));
    return isNew;
  }

  /** Throws a ProblemError where there would be too many rules. */
  mute(functions: readonly FunctionRule[], muted: boolean): void {
    const mutes = withRules(this.#mutes, functions, muted);
    if (mutes.length > MAX_MUTE_RULES) {
      const remedy = 'Mute their file, or choose files in the run configuration.';
      throw new ProblemError({ code: 'too-many-mutes', message: `More than ${MAX_MUTE_RULES} functions cannot be muted.`, remedy });
    }
    this.#mutes = mutes;
    this.#recorder.info({ kind: 'mute', muted, functions, timeNs: this.#recorder.now() });
    for (const connection of this.#connections) connection.control({ command: 'mute', muted, functions });
  }

  sampling(on: boolean): void {
    this.#sampling = on;
    for (const connection of this.#connections) connection.control({ command: 'sampling', on });
  }
}

const controlOf = (gate: RecordingGate): TargetControl => ({ command: gate.on ? 'start' : 'stop' });
