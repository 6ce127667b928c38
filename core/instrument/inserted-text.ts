/**
 * The text that instrumentation puts into a file. Every piece has our prefix in it and none occurs in a file that is instrumented
 * (a file with the prefix is left alone), so that whoever has instrumented text can take out exactly what was put in: what
 * `Function.prototype.toString` gives, and which columns have moved. No piece has a line end.
 *
 * The names are bound in the global scope of scripts, by `core/tracer/calls`: nothing of them is seen on `globalThis`.
 */
export const PREFIX = '_$ts';

/** Names of what the inserted code calls. `token` is a variable of each function. */
export const NAMES = {
  /** (id) → id, or 0 where the call is not recorded. */
  enter: '_$tsE',
  /** As `enter`, of a file whose end is not told where an error leaves it. */
  module: '_$tsM',
  /** (token) */
  exit: '_$tsX',
  /** (id) → token of a call that may wait. */
  begin: '_$tsB',
  /** (value, token) → value: the run ends. */
  suspend: '_$tsS',
  /** (value, token) → value: it runs on. */
  resume: '_$tsR',
  /** (token) */
  finish: '_$tsF',
  /** (error): the first statement of a catch. */
  caught: '_$tsC',
  /** (token, arguments by name) */
  arguments: '_$tsA',
  /** (value, token) → value: what is about to be returned. */
  result: '_$tsV',
  /** (0: the run ends, 1: it runs on; token) → what does that when it is disposed of. */
  disposed: '_$tsD',
  token: '_$tsT',
  /** Disposed of before and behind all that is awaited at the end of a block. */
  firstDisposed: '_$tsG',
  lastDisposed: '_$tsH',
  /** Of a `catch` that names no error. */
  unnamed: '_$tsU',
} as const;

/** Stands for the number of a function until the file is loaded: the first one for the first function, and so on. */
export const ID = '\x01';

const { enter, module, exit, begin, suspend, resume, finish, caught, arguments: args, result, token, unnamed, disposed, firstDisposed, lastDisposed } = NAMES;

const open = (waits: boolean): string => `const ${token}=${waits ? begin : enter}(${ID});`;
const close = (waits: boolean): string => `${waits ? finish : exit}(${token})`;

export const inserted = {
  /** Behind the `{` of a body. `parameters`: names of what is recorded as arguments. */
  body: (waits: boolean, parameters?: string) => ({ before: `${open(waits)}${argumentsText(parameters)}try{`, after: `}finally{${close(waits)}}` }),
  /** Around the expression that is the body of an arrow function. The spaces tell it from a block. */
  expressionBody: (waits: boolean, parameters?: string) => ({
    before: `{ ${open(waits)}${argumentsText(parameters)}try{return(`,
    after: `)}finally{ ${close(waits)}}}`,
  }),
  /** Of a file whose body cannot stand in a block: an ES module. */
  module: (waits: boolean) => ({ before: `let ${token}=${waits ? begin : module}(${ID});`, after: `;;${close(waits)};` }),
  /** Behind a directive without a semicolon. */
  semicolon: ';;',
  /** Before `await` or `yield`, behind the keyword, and behind what follows. */
  wait: { before: `${resume}(`, value: ` ${suspend}((`, noValue: ` ${suspend}(void 0,${token})`, afterValue: `),${token})`, after: `,${token})` },
  /** A statement: the function runs on. */
  resume: `${resume}(0,${token});`,
  /** Around the body of a `for await`, what it runs over, and the whole of it. */
  forAwait: {
    statement: `{ ${resume};`,
    iterable: `${suspend}( (`,
    afterIterable: `),${token})`,
    block: { before: `${resume}(1,${token});try{`, after: `}finally{${suspend}(0,${token})}` },
    plain: { before: `{ ${resume}(1,${token});try{`, after: `}finally{ ${suspend}(0,${token})}}` },
    afterStatement: `${resume}(0,${token})}`,
  },
  /**
   * Around the `await using` of a block: disposed of in reverse, so the run ends before the first of them and goes on behind the last. Both are `using` without
   * `await`: nothing is awaited that is not without them.
   */
  awaitUsing: { before: `using ${lastDisposed}=${disposed}(1,${token});`, after: `;using ${firstDisposed}=${disposed}(0,${token});` },
  caught: (error: string): string => `${caught}(${error});`,
  caughtUnnamed: { parameter: `(${unnamed})`, statement: `${caught}(${unnamed});` },
  result: { before: ` ${result}((`, after: `),${token})` },
} as const;

const argumentsText = (parameters: string | undefined): string => (parameters === undefined ? '' : `${args}(${token},{${parameters}});`);

const escaped = (text: string): string => text.replaceAll(/[$(){}*]/g, String.raw`\$&`);
const forms = (): string[] => {
  const { wait, forAwait, awaitUsing, caughtUnnamed } = inserted;
  const both = [true, false];
  const id = (text: string): string => escaped(text).replaceAll(ID, String.raw`\d+`);
  const withArguments = (text: string): string => id(text).replace(';try', String.raw`;(?:${escaped(args)}\(${escaped(token)},\{[^{}]*\}\);)?try`);
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
    escaped(awaitUsing.before),
    escaped(awaitUsing.after),
    escaped(inserted.resume),
    escaped(wait.noValue + wait.after),
    escaped(wait.afterValue + wait.after),
    escaped(wait.value),
    escaped(wait.before),
    escaped(forAwait.iterable),
    escaped(inserted.result.before),
    escaped(inserted.result.after),
    escaped(caughtUnnamed.parameter),
    escaped(caughtUnnamed.statement),
    String.raw`${escaped(caught)}\([^()]*\);`,
  ];
};

/**
 * Behind a file that names no source map. Node shows the line of an uncaught error as a map has it only for files that name one; at the
 * end of such a process `core/tracer/calls/fatal-error.ts` lays one over each file that shows the original line. Until then it says nothing.
 */
export const EMPTY_MAP = '\n//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbXSwibWFwcGluZ3MiOiIifQ==';

/** What was put into a file, in one expression. */
export const insertedPattern = (): RegExp => new RegExp(`;;(?=(?:const|let) ${escaped(token)}=)|${forms().join('|')}`, 'g');
