import type { Definitions } from '../definitions.ts';
import type { NameId, NameInfo } from '../timeline-types.ts';

/** All names of a trace, each with a number from 1. What is written and placed alike is one name, in whatever thread it was defined. */
export class Names {
  readonly #ids = new Map<string, NameId>();
  readonly #texts: string[] = [''];
  readonly #categories: string[] = [''];
  readonly #files: string[] = [''];
  readonly #lines: number[] = [0];
  readonly #columns: number[] = [0];
  readonly #flags: number[] = [0];

  /** Number of names, and one more. */
  get length(): number {
    return this.#texts.length;
  }

  intern(text: string, category = '', file = '', line = 0, column = 0, functionFlags = 0): NameId {
    const key = `${text}\n${category}\n${file}\n${line}\n${column}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#texts.push(text) - 1;
      this.#categories.push(category);
      this.#files.push(file);
      this.#lines.push(line);
      this.#columns.push(column);
      this.#flags.push(functionFlags);
      this.#ids.set(key, id);
    }
    return id;
  }

  text(id: NameId): string {
    return this.#texts[id] ?? '';
  }
  category(id: NameId): string {
    return this.#categories[id] ?? '';
  }
  file(id: NameId): string {
    return this.#files[id] ?? '';
  }

  /** Undefined: there is no such name. */
  get(id: NameId): NameInfo | undefined {
    const text = this.#texts[id];
    if (text === undefined) return undefined;
    const category = this.category(id);
    const hash = hashOf(text);
    return {
      id,
      text,
      category,
      file: this.file(id),
      line: this.#lines[id] as number,
      column: this.#columns[id] as number,
      functionFlags: this.#flags[id] as number,
      categoryHash: category === '' ? hash : hashOf(category),
      nameHash: hash,
    };
  }
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Higher ids there are none but in a damaged file: they are looked up one by one. */
const MAX_DIRECT = 2 ** 22;

/** What the ids in one stream's records are called in the trace. */
export class StreamNames {
  readonly #names: Names;
  readonly #definitions: Definitions;
  /** By function id: its name, 0: not looked up yet. */
  #functions = new Uint32Array(256);
  readonly #rare = new Map<string, NameId>();
  /** By name definition: the category with which it came first, and the name then. */
  readonly #firstCategory = new Map<number, number>();
  readonly #firstName = new Map<number, NameId>();
  #lastName = -1;
  #lastCategory = -1;
  #last: NameId = 0;
  /** Ids without a definition. */
  missing = 0;

  constructor(names: Names, definitions: Definitions) {
    this.#names = names;
    this.#definitions = definitions;
  }

  function(id: number): NameId {
    if (id < this.#functions.length) {
      const known = this.#functions[id] as number;
      if (known > 0) return known;
    }
    return this.#addFunction(id);
  }

  #addFunction(id: number): NameId {
    if (id >= this.#functions.length && id < MAX_DIRECT) {
      const larger = new Uint32Array(Math.min(MAX_DIRECT, Math.max(id + 1, this.#functions.length * 2)));
      larger.set(this.#functions);
      this.#functions = larger;
    }
    const key = `f${id}`;
    const rare = id < MAX_DIRECT ? undefined : this.#rare.get(key);
    if (rare !== undefined) return rare;
    const definition = this.#definitions.functions.get(id);
    if (!definition) this.missing++;
    const name = definition
      ? this.#names.intern(definition.name, '', definition.file, definition.line, definition.column, definition.flags)
      : this.#names.intern(this.#definitions.functionName(id));
    if (id < MAX_DIRECT) this.#functions[id] = name;
    else this.#rare.set(key, name);
    return name;
  }

  /** Of a name and a category, both ids of texts. */
  text(name: number, category: number): NameId {
    if (name === this.#lastName && category === this.#lastCategory) return this.#last;
    this.#lastName = name;
    this.#lastCategory = category;
    this.#last = this.#textOf(name, category);
    return this.#last;
  }

  #textOf(name: number, category: number): NameId {
    const first = this.#firstCategory.get(name);
    if (first === category) return this.#firstName.get(name) as NameId;
    const key = `${name} ${category}`;
    const rare = first === undefined ? undefined : this.#rare.get(key);
    if (rare !== undefined) return rare;
    if (name !== 0 && !this.#definitions.strings.has(name)) this.missing++;
    const id = this.#names.intern(this.#definitions.text(name), this.#definitions.text(category));
    if (first === undefined) {
      this.#firstCategory.set(name, category);
      this.#firstName.set(name, id);
    } else this.#rare.set(key, id);
    return id;
  }
}
