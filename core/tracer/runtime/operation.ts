import { AsyncFlag, AsyncScope, FlowPhase } from '../../protocol/records.ts';
import type { RingWriter } from '../ring-writer.ts';
import type { AnyFunction } from './invisible.ts';

/** Numbers above this are those of promises, which have their own. */
export const MAX_OPERATION = 0x7fffffff;

/** Numbers of one thread's async slices. */
export class Numbers {
  #last = 0;

  next(): number {
    this.#last = this.#last === MAX_OPERATION ? 1 : this.#last + 1;
    return this.#last;
  }
}

/** What operations of one thread have in common. */
export interface OperationSource {
  readonly writer: RingWriter;
  readonly numbers: Numbers;
  /** Number of the operation that the code belongs to which runs now; 0: none, or not known. */
  readonly parent: () => number;
}

/*
 * FAILED: a script may have replaced anything that the tracer is made of (a method of a Map, of a Buffer). Node calls these methods in the middle of its own
 * work, and what they threw would be thrown in the script.
 */

/** Something under way: from where it was started, with an arrow to what it resumes, to its end. Held by what it waits for, and by nothing else. */
export class Operation {
  readonly source: OperationSource;
  readonly name: string;
  readonly category: string;
  number = 0;

  constructor(source: OperationSource, name: string, category: string) {
    this.source = source;
    this.name = name;
    this.category = category;
  }

  /** Where nothing is recorded now, its end is not either. `flags` 0: no arrow starts there. */
  begin(args: string, flags: number = AsyncFlag.FLOW): this {
    const { writer, numbers, parent } = this.source;
    if (!writer.recording) return this;
    try {
      const number = numbers.next();
      if (writer.asyncBegin(number, AsyncScope.STREAM, this.name, this.category, parent(), flags, args)) this.number = number;
    } catch {
      // It is missing. What called goes on: see FAILED.
    }
    return this;
  }

  get open(): boolean {
    return this.number !== 0;
  }

  /** What waited for it runs next. */
  resumes(phase: number = FlowPhase.END): void {
    if (this.number === 0) return;
    try {
      this.source.writer.flow(this.number, AsyncScope.STREAM, this.name, this.category, phase);
    } catch {
      // See FAILED.
    }
  }

  /** A moment of it. */
  tell(name: string, args: string): void {
    if (this.number === 0) return;
    try {
      this.source.writer.asyncInstant(this.number, AsyncScope.STREAM, name, args);
    } catch {
      // See FAILED.
    }
  }

  /** A second end is none. `timeNs`: when it was, if not now. */
  end(args: string, timeNs?: number): void {
    const { number } = this;
    if (number === 0) return;
    this.number = 0;
    try {
      this.source.writer.asyncEnd(number, AsyncScope.STREAM, '', args, timeNs);
    } catch {
      // See FAILED.
    }
  }
}

/** Ends where `callback` is called. As the handler of a proxy it may have no property that is the name of a trap, `apply` aside. */
export class CallbackOperation extends Operation {
  /** Of the engine, before it calls the callback itself: see invisible.ts. */
  get apply(): undefined {
    this.resumes();
    this.end('');
    return undefined;
  }

  /** What is to be called in place of `callback`. */
  of(callback: AnyFunction): AnyFunction {
    return new Proxy(callback, this as object);
  }
}
