import { RUNTIME } from '../runtime.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { SWAP_FUNCTION } from './sampled-calls.ts';
import type { ThreadSession } from './thread-session.ts';

/** For a thread that was there before the tracer: as much of `SampledThread` as can be said in a line. */
const STAND_IN = `(() => {
  const { profile, profileEnd } = console;
  const hrtime = process.hrtime.bigint;
  if (![profile, profileEnd].every((own) => /\\[native code\\]/.test(Function.prototype.toString.call(own)))) return undefined;
  return {
    swap: function ${SWAP_FUNCTION}(next, last) {
      const before = hrtime();
      if (next !== '') profile(next);
      if (last !== '') profileEnd(last);
      return [Number(hrtime() - before) / 1000, process.getBuiltinModule('node:inspector')?.url() !== undefined];
    },
    early: () => '',
    writeHeap: (file) => (process.getBuiltinModule('node:v8').writeHeapSnapshot(file), ''),
  };
})()`;

/** The sampler's end of what the tracer left for it in a thread: `SampledThread` of thread-side.ts. Works while the thread is busy. */
export class ThreadReach {
  readonly #session: ThreadSession;
  readonly #objectId: string;

  private constructor(session: ThreadSession, objectId: string) {
    this.#session = session;
    this.#objectId = objectId;
  }

  /** Undefined: the thread's console is not the engine's. */
  static async find(session: ThreadSession): Promise<ThreadReach | undefined> {
    const found = await session.post('Runtime.evaluate', {
      expression: `globalThis[Symbol.for(${JSON.stringify(RUNTIME.description)})]?.sampled ?? ${STAND_IN}`,
      silent: true,
      objectGroup: 'trace-studio',
    });
    const { objectId } = found.result as { objectId?: string };
    return objectId === undefined ? undefined : new ThreadReach(session, objectId);
  }

  async swap(next: string, last: string): Promise<readonly [us: number, debugged: boolean]> {
    return (await this.#call(`function ${SWAP_FUNCTION}(next, last) { return this.swap(next, last); }`, next, last)) as [number, boolean];
  }

  async early(): Promise<CpuProfile | undefined> {
    const json = await this.#call(`function ${SWAP_FUNCTION}() { return this.early(); }`);
    return typeof json === 'string' && json !== '' ? (JSON.parse(json) as CpuProfile) : undefined;
  }

  async writeHeap(file: string): Promise<void> {
    const failure = await this.#call(`function ${SWAP_FUNCTION}(file) { return this.writeHeap(file); }`, file);
    if (typeof failure === 'string' && failure !== '') throw new Error(failure);
  }

  async #call(functionDeclaration: string, ...values: readonly string[]): Promise<unknown> {
    const { result, exceptionDetails } = await this.#session.post('Runtime.callFunctionOn', {
      objectId: this.#objectId,
      functionDeclaration,
      arguments: values.map((value) => ({ value })),
      silent: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error('The tracer in the thread has failed.');
    return (result as { value?: unknown }).value;
  }
}
