/**
 * The text that instrumentation puts into a file. Every piece has our prefix in it and none occurs in a file that is instrumented
 * (a file with the prefix is left alone), so that whoever has instrumented text can take out exactly what was put in: what
 * `Function.prototype.toString` gives, and which columns have moved. No piece has a line end.
 *
 * The names are bound in the global scope of scripts, by `core/tracer/calls`: nothing of them is seen on `globalThis`.
 */
export const PREFIX = '_$ts';

/** Names of what the inserted code calls. `TOKEN` is a variable of each function. */
export const NAMES = {
  /** (id) → id, or 0 where the call is not recorded. */
  ENTER: '_$tsE',
  /** (token) */
  EXIT: '_$tsX',
  /** (id) → token of a call that may wait. */
  BEGIN: '_$tsB',
  /** (value, token) → value: the run ends. */
  SUSPEND: '_$tsS',
  /** (value, token) → value: it runs on. */
  RESUME: '_$tsR',
  /** (token) */
  FINISH: '_$tsF',
  /** (error): the first statement of a catch. */
  CAUGHT: '_$tsC',
  /** (error, itself, offset of the statement in the original file) → error */
  THROWN: '_$tsW',
  /** (token, arguments by name) */
  ARGUMENTS: '_$tsA',
  /** (value, token) → value: what is about to be returned. */
  RESULT: '_$tsV',
  TOKEN: '_$tsT',
  /** Of a `catch` that names no error. */
  UNNAMED: '_$tsU',
} as const;

/** Stands for the number of a function until the file is loaded: the first one for the first function, and so on. */
export const ID = '\x01';

const { ENTER, EXIT, BEGIN, SUSPEND, RESUME, FINISH, CAUGHT, THROWN, ARGUMENTS, RESULT, TOKEN, UNNAMED } = NAMES;

const open = (waits: boolean): string => `const ${TOKEN}=${waits ? BEGIN : ENTER}(${ID});`;
const close = (waits: boolean): string => `${waits ? FINISH : EXIT}(${TOKEN})`;

export const inserted = {
  /** Behind the `{` of a body. `parameters`: names of what is recorded as arguments. */
  body: (waits: boolean, parameters?: string) => ({ before: `${open(waits)}${argumentsText(parameters)}try{`, after: `}finally{${close(waits)}}` }),
  /** Around the expression that is the body of an arrow function. The spaces tell it from a block. */
  expressionBody: (waits: boolean, parameters?: string) => ({
    before: `{ ${open(waits)}${argumentsText(parameters)}try{return(`,
    after: `)}finally{ ${close(waits)}}}`,
  }),
  /** Of a file whose body cannot stand in a block: an ES module. */
  module: (waits: boolean) => ({ before: open(waits).replace('const', 'let'), after: `;;${close(waits)};` }),
  /** Behind a directive without a semicolon. */
  semicolon: ';;',
  /** Before `await` or `yield`, behind the keyword, and behind what follows. */
  wait: { before: `${RESUME}(`, value: ` ${SUSPEND}((`, noValue: ` ${SUSPEND}(void 0,${TOKEN})`, afterValue: `),${TOKEN})`, after: `,${TOKEN})` },
  /** A statement: the function runs on. */
  resume: `${RESUME}(0,${TOKEN});`,
  /** Around the body of a `for await`, what it runs over, and the whole of it. */
  forAwait: {
    statement: `{ ${RESUME};`,
    iterable: `${SUSPEND}( (`,
    afterIterable: `),${TOKEN})`,
    block: { before: `${RESUME}(1,${TOKEN});try{`, after: `}finally{${SUSPEND}(0,${TOKEN})}` },
    plain: { before: `{ ${RESUME}(1,${TOKEN});try{`, after: `}finally{ ${SUSPEND}(0,${TOKEN})}}` },
    afterStatement: `${RESUME}(0,${TOKEN})}`,
  },
  caught: (error: string): string => `${CAUGHT}(${error});`,
  caughtUnnamed: { parameter: `(${UNNAMED})`, statement: `${CAUGHT}(${UNNAMED});` },
  thrown: (offset: number) => ({ before: ` ${THROWN}((`, after: `),${THROWN},${offset})` }),
  result: { before: ` ${RESULT}((`, after: `),${TOKEN})` },
} as const;

const argumentsText = (parameters: string | undefined): string => (parameters === undefined ? '' : `${ARGUMENTS}(${TOKEN},{${parameters}});`);

const escaped = (text: string): string => text.replaceAll(/[$(){}*]/g, String.raw`\$&`);
const forms = (): string[] => {
  const { wait, forAwait, caughtUnnamed, result } = inserted;
  const both = [true, false];
  const id = (text: string): string => escaped(text).replaceAll(ID, String.raw`\d+`);
  const withArguments = (text: string): string => id(text).replace(';try', String.raw`;(?:${escaped(ARGUMENTS)}\(${escaped(TOKEN)},\{[^{}]*\}\);)?try`);
  // Where one form begins like another, the longer one comes first.
  return [
    ...both.map((waits) => withArguments(inserted.expressionBody(waits).before)),
    ...both.map((waits) => withArguments(inserted.body(waits).before)),
    ...both.map((waits) => escaped(inserted.expressionBody(waits).after)),
    ...both.map((waits) => escaped(inserted.body(waits).after)),
    ...both.map((waits) => id(inserted.module(waits).before)),
    ...both.map((waits) => escaped(inserted.module(waits).after)),
    ...[forAwait.plain, forAwait.block].flatMap(({ before, after }) => [escaped(before), escaped(after)]),
    escaped(forAwait.afterStatement),
    escaped(forAwait.statement),
    escaped(inserted.resume),
    escaped(wait.noValue + wait.after),
    escaped(wait.afterValue + wait.after),
    escaped(wait.value),
    escaped(wait.before),
    escaped(forAwait.iterable),
    String.raw` ${escaped(THROWN)}\(\(`,
    String.raw`\),${escaped(THROWN)},\d+\)`,
    escaped(result.before),
    escaped(result.after),
    escaped(caughtUnnamed.parameter),
    escaped(caughtUnnamed.statement),
    String.raw`${escaped(CAUGHT)}\([^()]*\);`,
  ];
};

/** What was put into a file, in one expression. */
export const insertedPattern = (): RegExp => new RegExp(`;;(?=(?:const|let) ${escaped(TOKEN)}=)|${forms().join('|')}`, 'g');
