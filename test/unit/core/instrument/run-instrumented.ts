/** Runs a program as it is and instrumented, each in a realm of its own, and compares all that can be seen of it. */
import vm from 'node:vm';
import { ID, NAMES } from '../../../../core/instrument/inserted-text.ts';
import type { Instrumented } from '../../../../core/instrument/insertions.ts';
import { instrument } from '../../../../core/instrument/instrument.ts';
import { originalText } from '../../../../core/instrument/original-positions.ts';
import { FakeRecorder } from './fake-recorder.ts';

export const OPTIONS = { kind: 'commonjs' as const, fileName: 'program.js', arguments: false, results: false, exceptions: true };

export interface Run {
  /** What it printed by `print`. */
  readonly printed: readonly string[];
  /** Calls as `callLines` shows them. */
  readonly calls: readonly string[];
  readonly instrumented: Instrumented | undefined;
}

/** `source` is the body of a function with `print`; it is over when nothing more happens. */
export async function runProgram(source: string, options: Partial<typeof OPTIONS> | undefined): Promise<Run> {
  const context = vm.createContext({});
  const printed: string[] = [];
  const recorder = new FakeRecorder();
  let code = source;
  let instrumented: Instrumented | undefined;
  if (options) {
    instrumented = instrument(source, { ...OPTIONS, ...options });
    let number = 0;
    code = instrumented.code.replaceAll(ID, () => String(++number));
    recorder.functions = instrumented.functions.map(({ name, at }) => name ?? `(anonymous ${source.slice(0, at).split('\n').length})`);
    context.recorder = recorder;
    vm.runInContext(
      `const ${Object.entries(recorder.names(NAMES))
        .map(([name, of]) => `${name}=recorder.${of}`)
        .join()};delete globalThis.recorder;`,
      context,
    );
    context.originalText = originalText;
    // As the tracer does it.
    vm.runInContext(
      `{ const { toString } = Function.prototype; const strip = originalText; delete globalThis.originalText;
      Object.defineProperty(Function.prototype, 'toString', { value: { toString() { return strip(toString.call(this)); } }.toString, configurable: true, writable: true }); }`,
      context,
    );
  }
  const print = (value: unknown): void => {
    printed.push(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
  };
  const run = vm.compileFunction(code, ['print', 'require', 'module', 'exports'], { parsingContext: context, filename: 'program.js' });
  const module = { exports: {} };
  try {
    const end: unknown = Reflect.apply(run, module.exports, [print, () => ({}), module, module.exports]);
    print(`ended with ${String(end)}`);
  } catch (error) {
    print(`threw ${describe(error)}`);
  }
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return { printed, calls: recorder.lines(), instrumented };
}

const describe = (error: unknown): string => {
  const { name, message } = (error ?? {}) as { name?: string; message?: string };
  return message === undefined ? String(error) : `${name}: ${message}`;
};
