/** The user's settings: defaults, what is on disk, what a window changes. */
import { DEFAULT_SETTINGS, type Settings } from '../../core/protocol/studio-api.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { settingsPart } from './request-checks.ts';

export class SettingsStore {
  readonly #file: string;
  #current: Promise<Settings> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  get(): Promise<Settings> {
    this.#current ??= readJsonFile(this.#file, goodPart).then((saved) => ({ ...DEFAULT_SETTINGS, ...saved }));
    return this.#current;
  }

  /** Changes are put in a row, and so are their writes: two quick ones neither lose nor overtake each other. */
  async set(change: Partial<Settings>): Promise<Settings> {
    const next = this.get().then((current) => ({ ...current, ...change }));
    this.#current = next;
    this.#writing = this.#writing.catch(() => {}).then(async () => writeJsonFile(this.#file, await next));
    await this.#writing;
    return next;
  }
}

/** Every field that is right; a wrong one falls back to its default alone. */
function goodPart(value: unknown): Partial<Settings> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const good: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    try {
      Object.assign(good, settingsPart({ [key]: field }, ''));
    } catch {
      // This field alone is lost: it was edited by hand or comes from another version.
    }
  }
  return good as Partial<Settings>;
}
