import type { NAMES } from '../../../../core/instrument/inserted-text.ts';

/** What instrumented code calls, in memory: the rules of tokens as the tracer has them. */
export class FakeRecorder {
  functions: readonly string[] = [];
  readonly caughtErrors: unknown[] = [];
  readonly argumentsOf: [string, unknown][] = [];
  readonly resultsOf: [string, unknown][] = [];
  readonly #lines: string[] = [];
  /** Keys of what is open, outermost first. */
  readonly #open: string[] = [];
  /** Keys of what was open inside of what ended. */
  readonly #passedOver: string[] = [];
  readonly #lineOf = new Map<string, number>();
  readonly #names = new Map<number, string>();
  #tokens = 0;

  /** Inserted names to fields of this. */
  names(names: typeof NAMES): Record<string, string> {
    const { token, unnamed, firstDisposed, lastDisposed, ...called } = names;
    return Object.fromEntries(Object.entries(called).map(([field, name]) => [name, field]));
  }

  readonly enter = (id: number): number => {
    const token = ++this.#tokens;
    this.#names.set(token, this.#nameOf(id));
    this.#begin(this.#nameOf(id), String(token));
    return token;
  };
  readonly module = this.enter;
  readonly exit = (token: number): void => this.#end(String(token));

  readonly begin = (id: number): number => {
    const token = ++this.#tokens;
    this.#names.set(token, this.#nameOf(id));
    this.#begin(this.#nameOf(id), String(token));
    return token;
  };
  readonly suspend = (value: unknown, token: number): unknown => {
    if (this.#open.at(-1) === String(token)) {
      this.#lines[this.#lineOf.get(String(token)) ?? 0] += '…';
      this.#end(String(token));
    }
    return value;
  };
  readonly resume = (value: unknown, token: number): unknown => {
    if (this.#open.at(-1) !== String(token)) this.#begin(`…${this.#names.get(token)}`, String(token));
    return value;
  };
  readonly finish = (token: number): void => {
    if (this.#open.at(-1) === String(token)) this.#end(String(token));
    else this.#lines.push(`${'  '.repeat(this.#open.length)}${this.#names.get(token)} ends while it waits`);
  };
  readonly caught = (error: unknown): void => {
    this.caughtErrors.push(error);
  };
  readonly arguments = (token: number, values: object): void => {
    this.argumentsOf.push([this.#names.get(token) ?? '', { ...values }]);
  };
  readonly result = (value: unknown, token: number): unknown => {
    this.resultsOf.push([this.#names.get(token) ?? '', value]);
    return value;
  };

  readonly disposed = (resumes: number, token: number): object => ({
    [Symbol.dispose]: () => (resumes === 1 ? this.resume(0, token) : this.suspend(0, token)),
  });

  lines(): string[] {
    // Where the stack was full its end may have been, too: nothing can be called there, and no end be told.
    const wasFull = this.caughtErrors.some((error) => (error as Error | undefined)?.name === 'RangeError');
    const nameOf = (key: string) => this.#names.get(Number(key));
    return [
      ...this.#lines,
      ...(wasFull ? [] : this.#passedOver.map((key) => `${nameOf(key)} is open where what is around it ends`)),
      ...this.#open.map((key) => `${nameOf(key)} did not end`),
    ];
  }

  #nameOf(id: number): string {
    return this.functions[id - 1] ?? `function ${id}`;
  }
  #begin(name: string, key: string): void {
    this.#lines.push('  '.repeat(this.#open.length) + name);
    this.#lineOf.set(key, this.#lines.length - 1);
    this.#open.push(key);
  }
  #end(key: string): void {
    const at = this.#open.lastIndexOf(key);
    if (at < 0) this.#lines.push(`${this.#names.get(Number(key))} ends, and is not open`);
    else this.#passedOver.push(...this.#open.splice(at).slice(1));
  }
}
