import path from 'node:path';
import { FrameType, type TargetHello } from '../../core/protocol/target-wire.ts';
import { TARGET_WIRE_VERSION } from '../../core/protocol/version.ts';
import { type FrameSink, WireError } from './frame-parser.ts';
import { isAlive } from './process-tree.ts';
import { removeFile } from './remove.ts';
import { secretEquals } from './secret.ts';
import { readSpill, spillFileOf, spillFiles } from './spill-files.ts';
import { parseHello, type TracedProcess } from './target-connection.ts';

export interface SpillIntakeOptions {
  readonly folder: string;
  readonly secret: string;
  /** The process that a file is of: one that was heard, or a new one. */
  readonly processOf: (hello: TargetHello) => TracedProcess;
  /** A process that nothing but its file told of is over. */
  readonly ended: (traced: TracedProcess) => void;
  readonly note: (text: string) => void;
}

/** Takes in what processes left that could not send it, each file once. */
export class SpillIntake {
  readonly #options: SpillIntakeOptions;
  /** Names of those that are being read. */
  readonly #taken = new Set<string>();

  constructor(options: SpillIntakeOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return spillFiles(this.#options.folder).length === 0;
  }

  /** Of a process whose socket has closed. Its file is there before that. */
  async takeOf(traced: TracedProcess): Promise<void> {
    const name = spillFileOf(traced.pid);
    if (spillFiles(this.#options.folder).includes(name)) await this.#take(name, traced.spill());
  }

  /** Of processes that are over, and whose sockets are not open any more. */
  async takeOfTheGone(connected: ReadonlySet<number>): Promise<void> {
    for (const name of spillFiles(this.#options.folder)) {
      const pid = Number.parseInt(name, 10);
      if (!this.#taken.has(name) && !connected.has(pid) && !isAlive(pid)) await this.#takeUnannounced(name);
    }
  }

  async takeAll(): Promise<void> {
    for (const name of spillFiles(this.#options.folder)) if (!this.#taken.has(name)) await this.#takeUnannounced(name);
  }

  async #take(name: string, sink: FrameSink): Promise<void> {
    const { folder, note } = this.#options;
    this.#taken.add(name);
    try {
      await readSpill(folder, name, sink);
    } catch (error) {
      note(`Not all of what a process could not send at its end was read: ${(error as Error).message}`);
    }
    removeFile(path.join(folder, name));
    this.#taken.delete(name);
  }

  /** Of a process whose socket never came, or was closed from here: its file says who it was. */
  async #takeUnannounced(name: string): Promise<void> {
    const { secret, processOf, ended } = this.#options;
    let traced: TracedProcess | undefined;
    let sink: FrameSink | undefined;
    const current = (): FrameSink => {
      if (!sink) throw new WireError('no greeting at first, or one that is not of this session');
      return sink;
    };
    await this.#take(name, {
      frame: (type, thread, body) => {
        if (sink || type !== FrameType.HELLO) {
          current().frame(type, thread, body);
          return;
        }
        const hello = parseHello(body);
        if (!secretEquals(hello.secret, secret) || hello.wire !== TARGET_WIRE_VERSION) return;
        traced = processOf(hello);
        sink = traced.spill();
      },
      data: (thread, piece) => current().data(thread, piece),
    });
    if (!traced) return;
    traced.end();
    ended(traced);
  }
}
