/** What recordings hold, by the path of their file: told by a window that had them open, shown in the list of recent ones. One small file. */
import { MAX_GLANCE_PARTS, MAX_GLANCE_ROWS, type RecordingGlance } from '../../../core/protocol/studio-api.ts';
import { type Check, list, refuse, shape, whole } from '../checks.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';

/** More than the list of recent files holds, since unsaved recordings are among them; those that were told last stay. */
const MOST = 100;

const parts: Check<string> = (value, where) =>
  typeof value === 'string' && /^[\d-]*$/.test(value) && value.length <= MAX_GLANCE_PARTS ? value : refuse(where, `must be up to ${MAX_GLANCE_PARTS} digits`);

export const recordingGlance: Check<RecordingGlance> = shape<RecordingGlance>({
  durationNs: whole(0, Number.MAX_SAFE_INTEGER),
  slices: whole(0, Number.MAX_SAFE_INTEGER),
  counters: whole(0, Number.MAX_SAFE_INTEGER),
  objects: whole(0, Number.MAX_SAFE_INTEGER),
  rows: list(parts, MAX_GLANCE_ROWS),
  counter: parts,
});

export class Glances {
  readonly #file: string;
  #known: Promise<Map<string, RecordingGlance>> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  async all(): Promise<ReadonlyMap<string, RecordingGlance>> {
    return this.#read();
  }

  /** False: it is known already. */
  async put(path: string, glance: RecordingGlance): Promise<boolean> {
    const known = await this.#read();
    if (JSON.stringify(known.get(path)) === JSON.stringify(glance)) return false;
    known.delete(path);
    known.set(path, glance);
    for (const oldest of known.keys()) {
      if (known.size <= MOST) break;
      known.delete(oldest);
    }
    // In a row; each writes the newest.
    this.#writing = this.#writing.catch(() => {}).then(() => writeJsonFile(this.#file, [...known]));
    await this.#writing;
    return true;
  }

  #read(): Promise<Map<string, RecordingGlance>> {
    this.#known ??= readJsonFile(this.#file, checkedEntries).then((entries) => new Map(entries));
    return this.#known;
  }
}

/** Bad entries are left out, the good ones stay. */
function checkedEntries(value: unknown): [string, RecordingGlance][] {
  if (!Array.isArray(value)) return [];
  return value.slice(-MOST).flatMap((entry): [string, RecordingGlance][] => {
    try {
      const [path, glance] = entry as readonly [unknown, unknown];
      return typeof path === 'string' ? [[path, recordingGlance(glance, 'glance')]] : [];
    } catch {
      return []; // Edited by hand or from another version.
    }
  });
}
