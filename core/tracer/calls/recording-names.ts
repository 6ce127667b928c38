import { Script } from 'node:vm';
import { NAMES } from '../../instrument/inserted-text.ts';

/** What instrumented code calls. See NAMES. */
export interface RecordingNames {
  enter(id: number): number;
  module(id: number): number;
  exit(token: number): void;
  begin(id: number): number;
  suspend(value: unknown, token: number): unknown;
  resume(value: unknown, token: number): unknown;
  finish(token: number): void;
  caught(error: unknown): void;
  arguments(token: number, given: object): void;
  result(value: unknown, token: number): unknown;
  disposed(resumes: number, token: number): object;
}

/**
 * Gives the names that instrumented code calls to all code of this thread: as constants in the global scope of scripts, where the
 * engine finds them as fast as its own, and nothing is to be seen on `globalThis`.
 */
export function bindNames(values: Readonly<RecordingNames>): void {
  const key = Symbol.for('trace-studio.calls');
  Object.defineProperty(globalThis, key, { value: values, configurable: true });
  try {
    const constants = Object.keys(values).map((name) => `${NAMES[name as keyof RecordingNames]}=bound.${name}`);
    new Script(`const ${constants.join().replaceAll('bound', "globalThis[Symbol.for('trace-studio.calls')]")};`).runInThisContext();
  } finally {
    delete (globalThis as { [key]?: unknown })[key];
  }
}

/** Nothing is recorded. */
const NOWHERE: Readonly<RecordingNames> = {
  enter: () => 0,
  module: () => 0,
  exit: () => {},
  begin: () => 0,
  suspend: (value) => value,
  resume: (value) => value,
  finish: () => {},
  caught: () => {},
  arguments: () => {},
  result: (value) => value,
  disposed: () => ({ [Symbol.dispose]: () => {} }),
};

/** Of a thread that is attached to, maybe not for the first time: constants cannot be given up, and code that calls them stays. */
export interface LentNames {
  /** What they mean from now on; undefined: nothing. */
  lend(to: Readonly<RecordingNames> | undefined): void;
  /** What the attachings before this one have left for it. */
  readonly left: {
    defined: readonly unknown[];
    numbers: number;
    /** See ChangedFiles. */
    changed: readonly unknown[];
    /** Nobody is attached. */
    isAlone: boolean;
    /** Errors that end the process are watched for: once for all attachings. */
    watches: boolean;
  };
}

const LENT = Symbol.for('trace-studio.lent');

/** Binds the names, or finds those of an earlier attaching. */
export function lendNames(): LentNames {
  const known = new Script(`typeof ${NAMES.enter}==='function'?${NAMES.enter}:undefined`).runInThisContext() as { readonly [LENT]?: LentNames } | undefined;
  if (known?.[LENT]) return known[LENT];
  let now = NOWHERE;
  const enter = (id: number): number => now.enter(id);
  const lent: LentNames = {
    lend: (to) => {
      now = to ?? NOWHERE;
    },
    left: { defined: [], numbers: 0, changed: [], isAlone: false, watches: false },
  };
  Object.defineProperty(enter, LENT, { value: lent });
  bindNames({
    enter,
    module: (id) => now.module(id),
    exit: (token) => now.exit(token),
    begin: (id) => now.begin(id),
    suspend: (value, token) => now.suspend(value, token),
    resume: (value, token) => now.resume(value, token),
    finish: (token) => now.finish(token),
    caught: (error) => now.caught(error),
    arguments: (token, given) => now.arguments(token, given),
    result: (value, token) => now.result(value, token),
    disposed: (resumes, token) => now.disposed(resumes, token),
  });
  return lent;
}
