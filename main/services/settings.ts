/** The user's settings: defaults, what is on disk, what a window changes. */
import type { Settings } from '../../core/protocol/studio-api.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { settingsPart } from './request-checks.ts';

export const DEFAULT_SETTINGS: Settings = { theme: 'system', density: 'comfortable', sidebarWidth: 260, inspectorWidth: 360, drawerHeight: 240 };

export class SettingsStore {
  readonly #file: string;
  #current: Settings | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  async get(): Promise<Settings> {
    this.#current ??= { ...DEFAULT_SETTINGS, ...(await readJsonFile(this.#file, goodPart)) };
    return this.#current;
  }

  /** Writes are put in a row, so that two quick changes do not overtake each other. */
  async set(change: Partial<Settings>): Promise<Settings> {
    const next = { ...(await this.get()), ...change };
    this.#current = next;
    this.#writing = this.#writing.catch(() => {}).then(() => writeJsonFile(this.#file, next));
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
