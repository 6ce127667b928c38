/**
 * Numbers of processes, threads and what belongs to them, as trace events have them: one process for each pid, one lane for each pid and tid, one
 * text for each id.
 */
import { AsyncScope } from '../protocol/records.ts';
import type { RecordingWalker, WalkedStream } from './recording-walker.ts';
import { swapMainThread } from './thread-id.ts';

/** Beyond the pids of any system: of a second process that had a pid which is taken. */
const FIRST_SPARE_PID = 5_000_000;
/** Beyond the thread ids of any system: of lanes that are no threads. */
const FIRST_SPARE_TID = 2_000_000_001;
const WORD = 2 ** 32;

export interface Lane {
  readonly pid: number;
  readonly tid: number;
}

export class TraceIds {
  readonly #walker: RecordingWalker;
  /** By process index. */
  readonly #pids = new Map<number, number>();
  readonly #owners = new Map<number, number>();
  readonly #lanes = new Map<string, number>();
  readonly #threads = new Map<string, number>();
  #sparePid = FIRST_SPARE_PID;
  #spareTid = FIRST_SPARE_TID;
  /** Processes that got another pid than they had. */
  changedPids = 0;

  constructor(walker: RecordingWalker) {
    this.#walker = walker;
  }

  pid(process: number): number {
    const known = this.#pids.get(process);
    if (known !== undefined) return known;
    let pid = this.#walker.processes.get(process)?.pid ?? 0;
    if (this.#owners.has(pid)) {
      pid = this.#sparePid++;
      this.changedPids++;
    }
    this.#owners.set(pid, process);
    this.#pids.set(process, pid);
    return pid;
  }

  /** Of a stream; the second one of a thread has a lane of its own, as has each track beside the calls. */
  lane(stream: WalkedStream, track = 0): Lane {
    const pid = this.pid(stream.process);
    const key = `${stream.index}/${track}`;
    let tid = this.#lanes.get(key);
    if (tid === undefined) {
      const own = swapMainThread(pid, stream.thread);
      const thread = `${stream.process}/${own}`;
      const isFirst = track === 0 && (this.#threads.get(thread) ?? stream.index) === stream.index;
      if (isFirst) this.#threads.set(thread, stream.index);
      tid = isFirst ? own : this.#spareTid++;
      this.#lanes.set(key, tid);
    }
    return { pid, tid };
  }

  /** A process or thread was told anew: its numbers may have changed. */
  forget(process: number, pid: number): void {
    const known = this.#pids.get(process);
    if (known === undefined || known === pid) return;
    this.#owners.delete(known);
    this.#pids.delete(process);
    this.#lanes.clear();
    this.#threads.clear();
  }

  /** One number for all that `number` may mean in its scope, an AsyncScope or another one of the stream: below 2^53. */
  static idOf(stream: WalkedStream, number: number, scope: number): number {
    if (scope === AsyncScope.RECORDING) return number;
    const owner = scope === AsyncScope.PROCESS ? stream.process * 3 : stream.index * 3 + (scope === AsyncScope.STREAM ? 1 : 2);
    return (1 + (owner % 2 ** 20)) * WORD + number;
  }

  static idText(id: number): string {
    return `0x${id.toString(16)}`;
  }
}
