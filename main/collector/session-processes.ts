/** The processes of a session: their sockets, the files of what they could not send, the children that never greeted. */
import type { SamplingState, TakeOrder, TakeProgress } from '../../core/protocol/sampling.ts';
import type { TargetControl, TargetHello } from '../../core/protocol/target-wire.ts';
import { isAlive } from './process-tree.ts';
import type { Recorder } from './recorder.ts';
import { SpillIntake } from './spill-intake.ts';
import { Takes } from './takes.ts';
import { type TargetConnection, TracedProcess } from './target-connection.ts';
import { turns } from './turns.ts';
import { UntracedChildren } from './untraced-children.ts';

/** Turns of the event loop in which waiting connections are accepted. */
const ACCEPT_TURNS = 3;

export interface SessionProcessesOptions {
  readonly recorder: Recorder;
  readonly spills: { readonly folder: string; readonly secret: string };
  /** Nothing new is let in: the session is at its end. */
  readonly isClosing: () => boolean;
  /** Some socket has been accepted and has not said yet whose it is. */
  readonly greeting: () => boolean;
  readonly note: (text: string) => void;
  /** Something of what is told of a session is another. */
  readonly changed: () => void;
  /** A script has switched recording; `from` knows, where it obeyed our last word. */
  readonly gate: (on: boolean, timeNs: number, from: TargetConnection | undefined) => void;
  readonly sampled: (state: SamplingState) => void;
  /** A file whose functions are recorded. */
  readonly file: (file: string) => void;
  /** What it could not send has been taken in: what else it left is yours. */
  readonly gone: (traced: TracedProcess) => Promise<void>;
  /** It is over, by a crash or not, also one that only its file told of. */
  readonly over: (traced: TracedProcess) => void;
  /** One more of those that were waited for is done. */
  readonly settled: () => void;
}

export class SessionProcesses {
  readonly #options: SessionProcessesOptions;
  readonly #all: TracedProcess[] = [];
  readonly #connections = new Set<TargetConnection>();
  readonly #takes = new Takes();
  readonly #spills: SpillIntake;
  readonly #children: UntracedChildren;
  /** Processes whose socket has closed and whose spill file is being read. */
  #ending = 0;

  constructor(options: SessionProcessesOptions) {
    this.#options = options;
    const { recorder, spills, note, over } = options;
    this.#children = new UntracedChildren(
      (child) => recorder.info({ kind: 'untraced', ...child, timeNs: recorder.now() }),
      () => this.takeSpillsOfTheGone(),
    );
    this.#spills = new SpillIntake({
      ...spills,
      processOf: (hello) => this.#all.findLast((each) => each.pid === hello.pid) ?? this.#add(hello),
      ended: over,
      note,
    });
  }

  /** In the order in which they came. */
  get all(): readonly TracedProcess[] {
    return this.#all;
  }

  get connections(): ReadonlySet<TargetConnection> {
    return this.#connections;
  }

  get connectedPids(): number[] {
    return [...this.#connections].flatMap((connection) => connection.process?.pid ?? []);
  }

  /** No socket is open, and no file is being read. */
  get areDone(): boolean {
    return this.#connections.size === 0 && this.#ending === 0;
  }

  /** Of the fullest ring of all, from 0 to 1. */
  get load(): number {
    return Math.max(0, ...[...this.#connections].map((connection) => connection.process?.load ?? 0));
  }

  admit(hello: TargetHello, connection: TargetConnection): TracedProcess {
    const traced = this.#add(hello);
    traced.onTake = (progress) => this.#takes.progress(connection, progress);
    traced.onSampling = this.#options.sampled;
    this.#connections.add(connection);
    return traced;
  }

  #add(hello: TargetHello): TracedProcess {
    const { recorder, gate, changed, file } = this.#options;
    const index = this.#all.length;
    const traced: TracedProcess = new TracedProcess(recorder, index, hello, {
      gate: (on, timeNs, obeyed) => {
        const from = [...this.#connections].find((connection) => connection.process === traced);
        // Where a word of ours was on its way, the last one counts for everybody.
        gate(on, timeNs, from && from.gates === obeyed ? from : undefined);
      },
      changed,
      file,
      child: (notice) => this.#children.started(index, notice),
    });
    this.#all.push(traced);
    this.#children.greeted(hello.pid, hello.ppid);
    return traced;
  }

  left(connection: TargetConnection, problem: string | undefined): void {
    this.#connections.delete(connection);
    this.#takes.left(connection);
    const traced = connection.process;
    if (!traced) return;
    if (problem) {
      const { recorder } = this.#options;
      const message = `The connection of process ${traced.pid} was closed, because it sent ${problem}. What it recorded after that is missing.`;
      recorder.info({ kind: 'tracer-error', process: traced.index, message, timeNs: recorder.now() });
    }
    this.#ending++;
    void this.#end(traced);
  }

  /** What it could not send is in a file since before its socket closed. */
  async #end(traced: TracedProcess): Promise<void> {
    const { over, gone } = this.#options;
    await this.#spills.takeOf(traced);
    traced.end();
    over(traced);
    await gone(traced);
    this.#oneLess();
  }

  /** Processes that were over before they could connect: what they left is part of the run while it goes on. */
  async takeSpillsOfTheGone(): Promise<void> {
    if (this.#spills.isEmpty) return;
    // One that did connect and has not been heard yet is known a moment later.
    await turns(ACCEPT_TURNS);
    if (this.#options.greeting() || this.#options.isClosing()) return;
    this.#ending++;
    await this.#spills.takeOfTheGone(new Set(this.connectedPids));
    this.#oneLess();
  }

  #oneLess(): void {
    this.#ending--;
    this.#options.changed();
    this.#options.settled();
  }

  /** At the end of a session: what lies there still, and no more is heard of children. */
  async finish(): Promise<void> {
    await this.#spills.takeAll();
    this.#children.end();
  }

  // What is told to them

  /** A CPU profile or a heap snapshot of one; undefined: it is not connected. */
  take(order: TakeOrder, tell: (progress: TakeProgress) => void): Promise<TakeProgress> | undefined {
    const connection = [...this.#connections].find(({ process }) => process && (order.pid === undefined || process.pid === order.pid));
    return connection && this.#takes.start(connection, order, tell);
  }

  control(message: TargetControl): void {
    for (const connection of this.#connections) connection.control(message);
  }

  hold(held: boolean): void {
    for (const connection of this.#connections) connection.hold(held);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  /** One that is gone has left bytes that still come; one that runs on is not waited for. */
  closeAlive(): void {
    for (const connection of this.#connections) if (connection.process && isAlive(connection.process.pid)) connection.close();
  }
}
