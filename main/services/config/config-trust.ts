/** Config files that may be run to be read: of a path, the contents that the user has looked at. */
import { list, sha256, shape, text } from '../checks.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';

interface Trusted {
  readonly path: string;
  /** The newest first. */
  readonly trusted: readonly string[];
}

const MOST_FILES = 500;
const MOST_CONTENTS = 20;

export class ConfigTrust {
  readonly #file: string;
  #content: Promise<readonly Trusted[]> | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** config-trust.json of the data folder. */
  constructor(file: string) {
    this.#file = file;
  }

  /** `changed`: another content of it was trusted. */
  async of(path: string, hash: string): Promise<'trusted' | 'changed' | 'untrusted'> {
    const known = (await this.#read()).find((each) => each.path === path);
    return known === undefined ? 'untrusted' : known.trusted.includes(hash) ? 'trusted' : 'changed';
  }

  trust(path: string, hash: string): Promise<void> {
    // In a row, so that two windows do not write over each other.
    this.#writing = this.#writing
      .catch(() => {})
      .then(async () => {
        const all = await this.#read();
        const before = all.find((each) => each.path === path)?.trusted ?? [];
        const entry = { path, trusted: [hash, ...before.filter((each) => each !== hash)].slice(0, MOST_CONTENTS) };
        const next = [entry, ...all.filter((each) => each.path !== path)].slice(0, MOST_FILES);
        this.#content = Promise.resolve(next);
        await writeJsonFile(this.#file, { files: next });
      });
    return this.#writing;
  }

  #read(): Promise<readonly Trusted[]> {
    this.#content ??= readJsonFile(this.#file, checkContent).then((content) => content ?? []);
    return this.#content;
  }
}

/** One bad entry is one that was edited by hand: it asks again. */
function checkContent(value: unknown): readonly Trusted[] | undefined {
  const { files } = (value ?? {}) as { files?: unknown };
  if (!Array.isArray(files)) return undefined;
  const entry = shape<Trusted>({ path: text(4096), trusted: list(sha256, MOST_CONTENTS) });
  return files.flatMap((each) => {
    try {
      return [entry(each, 'file')];
    } catch {
      return [];
    }
  });
}
