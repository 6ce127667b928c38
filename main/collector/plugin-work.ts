/** What a session does about plugins once processes end: takes what their handlers left, and has a plugin host do what they could not. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type PluginState, pluginHostNote } from '../../core/protocol/plugins.ts';
import { ConsoleSource } from '../../core/protocol/recording-format.ts';
import type { SpawnPlan } from '../../core/protocol/session-types.ts';
import { type PluginHostEnd, runPluginHost } from './plugin-host.ts';
import { isAlive } from './process-tree.ts';
import { MAX_PROCESSED_BYTES, ProcessedFile, processedFileOf, processedPids, RefusedFile } from './processed-files.ts';
import type { Recorder } from './recorder.ts';
import type { TracedProcess } from './target-connection.ts';
import { plainEnvironment } from './target-process.ts';

export interface PluginWorkLimits {
  /** Of one plugin host: 60 s. */
  readonly hostMs?: number;
  /** Of all plugin hosts of a session together: 120 s. */
  readonly allHostsMs?: number;
  readonly processedBytes?: number;
}

const HOST_MS = 60_000;
const ALL_HOSTS_MS = 120_000;

interface Left {
  readonly by: 'target' | 'plugin-host';
  readonly note?: string;
}

export interface PluginWorkOptions {
  readonly recorder: Recorder;
  readonly plan: SpawnPlan;
  /** Where targets leave their files. */
  readonly folder: string;
  /** A file with all that was recorded. */
  readonly recording: () => Promise<string>;
  readonly limits: PluginWorkLimits;
}

export class PluginWork {
  readonly #options: PluginWorkOptions;
  readonly #givenUp = new AbortController();
  readonly #done = new Set<TracedProcess>();
  /** A plugin host works: the targets have ended. */
  isHosting = false;
  /** What went wrong and was not printed by the processes themselves, in words; in the recording too. */
  readonly problems: string[] = [];
  /** What went otherwise than usual, and well. */
  readonly notes: string[] = [];

  constructor(options: PluginWorkOptions) {
    this.#options = options;
  }

  /** A process has ended: what its plugins left of its events goes into the recording. */
  async takeFile(traced: TracedProcess, left: Left = { by: 'target' }): Promise<void> {
    const { recorder, folder, limits, plan } = this.#options;
    if (!plan.plugins?.length) return;
    const name = processedFileOf(traced.pid);
    let file: ProcessedFile | undefined;
    try {
      file = await ProcessedFile.open(folder, name, limits.processedBytes ?? MAX_PROCESSED_BYTES);
      if (!file) return;
      const attachment = await recorder.attach(`processed-${traced.pid}.json`, file.bytes, file.chunks());
      if (attachment === undefined) throw new RefusedFile('not all of it could be read and written');
      const plugins = traced.plugins.states.filter((state) => state.handler === 'ran' && !state.ofScript).map((state) => state.name);
      const { by, note } = left;
      recorder.info({ kind: 'processed', process: traced.index, attachment, by, plugins, ...(note !== undefined && { note }), timeNs: recorder.now() });
      this.#done.add(traced);
      if (by === 'plugin-host') this.notes.push(pluginHostNote(traced.pid, note ?? ''));
    } catch (error) {
      const why = error instanceof RefusedFile ? error.message : `it could not be read: ${(error as Error).message}`;
      this.#tell(`What plugins left of the events of process ${traced.pid} was not taken, because ${why}. What was recorded of it is shown instead.`);
    } finally {
      await file?.close();
      rmSync(path.join(folder, name), { force: true });
    }
  }

  /** All processes have ended. Takes as long as the limits say, at most. */
  async finish(processes: readonly TracedProcess[]): Promise<void> {
    // Of processes whose end was not seen: a pid that was used again means the later one.
    for (const pid of processedPids(this.#options.folder)) {
      const traced = processes.findLast((each) => each.pid === pid);
      if (traced && !this.#done.has(traced)) await this.takeFile(traced);
    }
    this.#tellOfChildren(processes);
    const waiting = processes.flatMap((traced) => {
      const note = this.#whyHost(traced);
      return note === undefined ? [] : [{ traced, note }];
    });
    const until = performance.now() + (this.#options.limits.allHostsMs ?? ALL_HOSTS_MS);
    for (const { traced, note } of waiting) await this.#hosts(traced, note, until);
  }

  /** A process that another one has started says nothing of its plugins itself: what none that speaks has said is said here, once. */
  #tellOfChildren(processes: readonly TracedProcess[]): void {
    const told = new Set<string>();
    for (const traced of [...processes].sort((a, b) => Number(a.isChild) - Number(b.isChild))) {
      for (const { name, failures, warnings, ofScript } of traced.plugins.states) {
        if (ofScript) continue;
        const tell = (line: string, to: string[]): void => {
          if (traced.isChild && !told.has(line)) to.push(`${line} (in process ${traced.pid})`);
          told.add(line);
        };
        for (const { during, message } of failures) tell(`Plugin ${name} failed at ${during}: ${message}`, this.problems);
        for (const warning of warnings) tell(`Plugin ${name}: ${warning}`, this.notes);
      }
    }
  }

  /** Nobody wants to wait any more: plugin hosts end now, and no other is started. */
  giveUp(): void {
    this.#givenUp.abort();
  }

  /** Why plugins of a process have not handled its events and yet may want to; undefined: they have, or do not. */
  #whyHost(traced: TracedProcess): string | undefined {
    if (this.#done.has(traced) || isAlive(traced.pid)) return undefined;
    const states = traced.plugins.states.filter(({ ofScript }) => !ofScript);
    if (states.some((state) => state.handler === 'needed')) return 'There were more events than plugins handle inside of the process.';
    const wanted = states.some((state: PluginState) => state.state === 'ready' || state.state === 'loading');
    return wanted && !traced.orderly ? 'The process was ended before its plugins could handle its events.' : undefined;
  }

  /** One plugin host after the other, as long as it is one of the plugins that has ended it: the others do their work without that. */
  async #hosts(traced: TracedProcess, note: string, until: number): Promise<void> {
    const { plan, recorder, limits } = this.#options;
    const because = `The events of process ${traced.pid} were not handled by plugins: `;
    const instead = '. What was recorded of it is shown instead.';
    const program = path.join(path.dirname(plan.preload), 'plugin-host.cjs');
    const { plugins = [] } = plan;
    const before = traced.plugins.states;
    const skip: number[] = [];
    for (;;) {
      const timeLimitMs = Math.min(limits.hostMs ?? HOST_MS, until - performance.now());
      if (this.#givenUp.signal.aborted) return this.#tell(`${because}nobody waited for it${instead}`);
      if (timeLimitMs <= 0) return this.#tell(`${because}those of other processes took all of the time that there is for it${instead}`);
      if (!existsSync(program)) return this.#tell(`${because}${program} is missing${instead}`);
      const { failure, words, last } = await this.#host(traced, before, { program, timeLimitMs, skip });
      if (words !== '') recorder.console(ConsoleSource.STUDIO, Buffer.from(`Plugins of process ${traced.pid}, after its end: ${words}\n`));
      if (failure === undefined) break;
      const culprit =
        this.#givenUp.signal.aborted || last === undefined || skip.includes(last) ? undefined : traced.plugins.endedHost(last, `its process ended: ${failure}`);
      if (culprit === undefined || skip.length + 1 === plugins.length)
        return this.#tell(`${because}the process that was to do it failed, because ${failure}${instead}`);
      skip.push(last as number);
      this.#tell(
        `Plugin ${culprit} has not handled the events of process ${traced.pid}: the process that was to do it failed, because ${failure}. The others did, without it.`,
      );
    }
    traced.plugins.flush();
    for (const { name, failures } of traced.plugins.statesInHost) {
      for (const { during, message } of failures) this.problems.push(`Plugin ${name} failed at ${during}, after the end of process ${traced.pid}: ${message}`);
    }
    await this.takeFile(traced, { by: 'plugin-host', note });
  }

  /** `last`: the plugin that it told of last. */
  async #host(
    traced: TracedProcess,
    before: readonly PluginState[],
    { program, timeLimitMs, skip }: { readonly program: string; readonly timeLimitMs: number; readonly skip: readonly number[] },
  ): Promise<PluginHostEnd & { readonly last: number | undefined }> {
    const { plan, folder } = this.#options;
    const recording = await this.#options.recording();
    const { cwd, script, execPath } = traced;
    let last: number | undefined;
    this.isHosting = true;
    const end = await runPluginHost({
      nodePath: execPath,
      program,
      task: {
        recording,
        process: traced.index,
        pid: traced.pid,
        plugins: plan.plugins ?? [],
        ...(skip.length > 0 && { skip }),
        cwd,
        ...(script !== undefined && { script }),
        output: path.join(folder, processedFileOf(traced.pid)),
      },
      environment: plainEnvironment(plan),
      timeLimitMs,
      signal: this.#givenUp.signal,
      onState: (json) => {
        last = traced.plugins.takeFromHost(json, before) ?? last;
      },
    });
    this.isHosting = false;
    return { ...end, last };
  }

  #tell(message: string): void {
    this.problems.push(message);
    const { recorder } = this.#options;
    recorder.info({ kind: 'loss', what: 'plugins', count: 1, message, timeNs: recorder.now() });
  }
}
