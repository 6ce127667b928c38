/**
 * Where Node runs hooks of modules in a thread of its own (below 22.15), ES modules are changed there. The numbers of functions are
 * the process's; what they mean is told to every thread that has asked, before the text is handed out.
 */
import type { MessagePort } from 'node:worker_threads';
import type { FunctionGroup } from '../../instrument/instrument-file.ts';
import type { CaptureOptions } from '../../protocol/capture-options.ts';
import { DrainState, nextFunctions, ProcessWord } from '../ring-layout.ts';
import { countCalls } from './call-capture.ts';
import { OwnRealm } from './own-realm.ts';
import type { Kind } from './traced-files.ts';
import { TracedFiles } from './traced-files.ts';

/** What a thread that registers the hooks hands over. */
export interface HooksThreadStart {
  readonly folder: string;
  readonly capture: CaptureOptions;
  readonly cacheFolder: string | undefined;
  readonly process: SharedArrayBuffer;
  readonly port: MessagePort;
  /** The studio is attached, and may leave: then everything is as it was. */
  readonly mayEnd?: boolean;
}

/** What it is told. */
export type HooksThreadMessage =
  | { readonly kind: 'file'; readonly file: string; readonly code: string; readonly first: number; readonly groups: readonly FunctionGroup[] }
  | { readonly kind: 'left-alone'; readonly file: string; readonly reason: string };

export class HooksThreadCalls {
  readonly #ports: MessagePort[] = [];
  /** Said so far: a thread that comes later is told all of it. */
  readonly #said: HooksThreadMessage[] = [];
  #files: TracedFiles | undefined;
  #isOver: () => boolean = () => false;

  /** A thread has registered the hooks. */
  join({ folder, capture, cacheFolder, process, port, mayEnd }: HooksThreadStart): void {
    this.#ports.push(port);
    for (const message of this.#said) port.postMessage(message);
    if (this.#files) return;
    const words = new Int32Array(process);
    if (mayEnd) this.#isOver = () => Atomics.load(words, ProcessWord.STATE) === DrainState.GONE;
    let defined: { first: number; groups: readonly FunctionGroup[] } | undefined;
    const files = new TracedFiles({
      folder,
      realm: new OwnRealm(folder),
      cacheFolder,
      capture,
      isOver: this.#isOver,
      number: (count) => nextFunctions(words, count),
      define: (first, groups) => {
        defined = { first, groups };
      },
      counted: (what) => countCalls(words, { ...what, hook: 'hooks-thread' }),
      leftAlone: (file, reason) => this.#say({ kind: 'left-alone', file, reason }),
      changed: (file, code) => {
        const groups = (defined?.groups ?? []).map(({ file: name, count, lines }) => ({ file: name, count, lines }));
        if (defined) this.#say({ kind: 'file', file, code, first: defined.first, groups });
      },
    });
    this.#files = files;
  }

  get isOver(): boolean {
    return this.#isOver();
  }

  /** `source` of a file that is about to be run. */
  code(file: string, source: string, kind: Kind): string {
    return this.#files?.chosen(file) ? this.#files.code(file, source, kind) : source;
  }

  #say(message: HooksThreadMessage): void {
    this.#said.push(message);
    for (const port of this.#ports) port.postMessage(message);
  }
}
