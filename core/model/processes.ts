import type { Problem } from '../base/result.ts';
import { MAX_MUTE_RULES } from '../protocol/function-rules.ts';
import { MAX_LEFT_ALONE, type RecordingInfo, type SessionEnd } from '../protocol/recording-format.ts';
import { CALL_HOOKS, type CallCapture, type LeftAlone, TYPESCRIPT_WAYS } from '../protocol/target-wire.ts';

export interface ProcessView {
  readonly process: number;
  readonly pid: number;
  readonly name: string;
  readonly nodeVersion: string;
  readonly ended: boolean;
  /** Of one that was killed: up to here all that it recorded is there. */
  readonly flushedNs?: number;
  /** How the recording of its calls goes; absent: none is recorded. */
  readonly capture?: CallCapture;
  /** What of it is not recorded, and why. */
  readonly leftAlone?: readonly LeftAlone[];
  readonly threads: readonly { readonly stream: number; readonly thread: number; readonly name: string; readonly dropped: number }[];
}

interface Process {
  pid: number;
  name: string;
  nodeVersion: string;
  ended: boolean;
  flushedNs?: number;
  capture?: CallCapture;
}

interface Thread {
  process: number;
  thread: number;
  name: string;
  /** Three accounts of the same loss, each of which may be missing in a cut file: statistics, block headers, gap records. */
  droppedByStats: number;
  droppedByHeaders: number;
  droppedByGaps: number;
  stallByStats: number;
  stallByRecords: number;
}

const MAX_NOTICES = 100;

/** Processes, threads and what INFO blocks say of them. A file is outside data: every field is looked at before it is believed. */
export class Processes {
  readonly #processes = new Map<number, Process>();
  readonly #threads = new Map<number, Thread>();
  readonly #leftAlone = new Map<number, LeftAlone[]>();
  readonly #muted = new Set<string>();
  firstMuted: { readonly timeNs: number; readonly text: string } | undefined;
  readonly notices: Problem[] = [];
  /** Of an imported trace: what could not be taken in as it is. */
  readonly imported: { readonly count: number; readonly text: string }[] = [];
  end: SessionEnd | undefined;
  /** Replaces the head's: an imported file may tell it only at its end. */
  startEpochNs: string | undefined;
  /** Grows with every change. */
  revision = 0;

  add(line: RecordingInfo): void {
    this.revision++;
    switch (line.kind) {
      case 'process': {
        // A process that is told again, by another name, is the same one.
        const pid = number(line.pid);
        const known = this.#processes.get(line.process);
        const same = known?.pid === pid ? known : undefined;
        const told = { pid, name: text(line.name), nodeVersion: text(line.nodeVersion), ended: same?.ended === true };
        this.#processes.set(line.process, { ...told, ...(same?.capture && { capture: same.capture }) });
        return;
      }
      case 'thread': {
        const thread = this.thread(line.stream);
        thread.process = number(line.process);
        thread.thread = number(line.thread);
        thread.name = text(line.name);
        return;
      }
      case 'process-end': {
        const process = this.#processes.get(line.process);
        if (process) process.ended = true;
        if (process && line.orderly === false && typeof line.flushedNs === 'number') process.flushedNs = number(line.flushedNs);
        return;
      }
      case 'untraced': {
        const pid = number(line.pid);
        const message = `${text(line.what)}${pid > 0 ? ` (process ${pid})` : ''}, started by ${this.#nameOf(line.process)}, is not recorded. ${text(line.why)}`;
        this.#notice({ code: 'untraced', message });
        return;
      }
      case 'stats': {
        const thread = this.thread(line.stream);
        thread.droppedByStats = Math.max(thread.droppedByStats, number(line.dropped));
        thread.stallByStats = Math.max(thread.stallByStats, number(line.stallNs));
        return;
      }
      case 'capture': {
        const process = this.#processes.get(line.process);
        const hooks = Array.isArray(line.hooks) ? CALL_HOOKS.filter((hook) => line.hooks.includes(hook)) : [];
        const [files, functions, cached, muted] = [number(line.files), number(line.functions), number(line.cached), number(line.muted)];
        const typescript = Array.isArray(line.typescript) ? TYPESCRIPT_WAYS.filter((way) => line.typescript.includes(way)) : [];
        if (process) process.capture = { files, functions, cached, hooks, muted, typescript };
        return;
      }
      case 'left-alone': {
        const known = this.#leftAlone.get(line.process) ?? [];
        this.#leftAlone.set(line.process, known);
        if (known.length < MAX_LEFT_ALONE) known.push({ file: text(line.file), reason: text(line.reason) });
        return;
      }
      case 'mute': {
        if (line.muted !== true || !Array.isArray(line.functions)) return;
        for (const rule of line.functions.slice(0, MAX_MUTE_RULES)) {
          const [file, name] = [text(rule?.file), text(rule?.name)];
          this.#muted.add(JSON.stringify([file, name, number(rule?.line)]));
          this.firstMuted ??= { timeNs: number(line.timeNs), text: name === '' ? file : `${name} (${file})` };
        }
        return;
      }
      case 'tracer-error':
        this.#notice({ code: 'tracer-error', message: `The tracer inside ${this.#nameOf(line.process)} failed: ${text(line.message)}` });
        return;
      case 'loss':
        if (line.what === 'imported' && this.imported.length < MAX_NOTICES) this.imported.push({ count: number(line.count), text: text(line.message) });
        this.#notice({ code: `loss-${text(line.what)}`, message: text(line.message) });
        return;
      case 'kept': {
        const seconds = (number(line.fromNs) / 1e9).toFixed(1);
        this.#notice({ code: 'kept', message: `Only the newest was kept: what was recorded in the first ${seconds} s is not there.` });
        return;
      }
      case 'imported':
        if (typeof line.startEpochNs === 'string' && /^\d{1,20}$/.test(line.startEpochNs)) this.startEpochNs = line.startEpochNs;
        return;
      case 'processed':
        if (text(line.note) !== '') {
          const message = `The events of ${this.#nameOf(line.process)} were handled by plugins after its end. ${text(line.note)}`;
          this.#notice({ code: 'processed-later', message });
        }
        return;
      case 'session-end':
        if (typeof line.end?.kind === 'string') this.end = line.end;
        return;
      default:
    }
  }

  /** The thread of a stream; one that no INFO block announced (damage) is thread 0 of process 0. */
  thread(stream: number): Thread {
    let thread = this.#threads.get(stream);
    if (!thread) {
      thread = { process: 0, thread: 0, name: '', droppedByStats: 0, droppedByHeaders: 0, droppedByGaps: 0, stallByStats: 0, stallByRecords: 0 };
      this.#threads.set(stream, thread);
    }
    return thread;
  }

  /** Functions and files that were muted at some time while it was recorded. */
  get muted(): number {
    return this.#muted.size;
  }

  get dropped(): number {
    let dropped = 0;
    for (const thread of this.#threads.values()) dropped += droppedOf(thread);
    return dropped;
  }

  get stallNs(): number {
    let stallNs = 0;
    for (const thread of this.#threads.values()) stallNs += Math.max(thread.stallByStats, thread.stallByRecords);
    return stallNs;
  }

  list(): ProcessView[] {
    const threads = [...this.#threads].map(([stream, thread]) => ({ stream, ...thread, dropped: droppedOf(thread) }));
    const ids = new Set([...this.#processes.keys(), ...threads.map((thread) => thread.process)]);
    return [...ids].map((id) => {
      const { pid, name, nodeVersion, ended, flushedNs, capture }: Process = this.#processes.get(id) ?? { pid: 0, name: '', nodeVersion: '', ended: false };
      const own = threads.filter((thread) => thread.process === id).map(({ stream, thread, name, dropped }) => ({ stream, thread, name, dropped }));
      const leftAlone = this.#leftAlone.get(id);
      const more = { ...(flushedNs !== undefined && { flushedNs }), ...(capture && { capture }), ...(leftAlone && { leftAlone }) };
      return { process: id, pid, name, nodeVersion, ended, ...more, threads: own };
    });
  }

  /** Empty where it is not known. */
  processName(process: number): string {
    return this.#processes.get(process)?.name ?? '';
  }

  #nameOf(process: number): string {
    const known = this.#processes.get(process);
    return known ? `${known.name} (process ${known.pid})` : `process ${process}`;
  }

  #notice(problem: Problem): void {
    const known = this.notices.some((notice) => notice.code === problem.code && notice.message === problem.message);
    if (!known && this.notices.length < MAX_NOTICES) this.notices.push(problem);
  }
}

const droppedOf = (thread: Thread): number => Math.max(thread.droppedByStats, thread.droppedByHeaders, thread.droppedByGaps);
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
