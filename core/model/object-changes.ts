/** When which field of an object changed: a log that is made once, without rebuilding snapshots, and what is read from it. */
import { ProblemError } from '../base/result.ts';
import { CatchUp } from './catch-up.ts';
import { float64Column } from './column.ts';
import { snapshotEntries } from './record-decoder.ts';

/** One snapshot of an object within the records of a block. */
export interface FoundSnapshot {
  readonly record: number;
  readonly timeNs: number;
  readonly keyframe: boolean;
}

/** The snapshots of an object that lie in one block. */
export interface RunSnapshots {
  readonly payload: Uint8Array;
  readonly snapshots: readonly FoundSnapshot[];
}

/** The snapshots of one object, run by run: a run is what one block holds of them. */
export interface SnapshotRuns {
  /** Snapshots so far. */
  readonly count: number;
  /** Which run holds a snapshot. */
  runOf(snapshot: number): number;
  /** Index of the first snapshot of a run. */
  firstOf(run: number): number;
  read(run: number): Promise<RunSnapshots>;
  /** Name of a field. */
  nameOf(key: number): string;
}

export interface Background {
  /** Awaited between pieces of work. */
  readonly pause: () => Promise<void>;
  /** More is known than before. */
  readonly onProgress: () => void;
}

export type FieldOrder = 'changes' | 'newest' | 'name';

/** One field and when it changed. */
export interface FieldChanges {
  readonly name: string;
  /** How often its value changed after the first snapshot. */
  readonly changes: number;
  /** When it did for the last time; -1: never. */
  readonly newestNs: number;
  /** Changes by column of time, from the first snapshot to the last. */
  readonly columns: Uint32Array;
}

export interface FieldsPage {
  readonly total: number;
  readonly rows: readonly FieldChanges[];
  /** 0 … 1: how many of the snapshots were looked at. */
  readonly done: number;
  /** They change more often than is kept: the log ends early, and `done` stays below 1. */
  readonly full: boolean;
  readonly firstNs: number;
  readonly lastNs: number;
}

/** Changes of one object that are kept: 32 MB. */
const MAX_CHANGES = 4_000_000;
/** An object with keys like a map's may have any number of them. */
const MAX_FIELDS = 20_000;
/** Bytes of values looked at between two pauses: some milliseconds. */
const PIECE_BYTES = 1024 * 1024;
/** A listed attribute costs as much as so many bytes of value. */
const ENTRY_BYTES = 64;

const MISSING = { code: 'snapshots-missing', message: 'The recording no longer holds all the snapshots of this object that it held when it was opened.' };

interface FieldState {
  readonly name: string;
  /** Those in which its value is another one than before, ascending: where it came or went, too. */
  readonly snapshots: number[];
  present: boolean;
  /** Two sums and the length stand for the value: keeping 1,000 values of each of many objects would keep their blocks. */
  low: number;
  high: number;
  length: number;
  /** Number of the last snapshot that listed it. */
  listed: number;
}

/** The log of one object. It grows in the background, from `advance` on, as far as there are snapshots. */
export class ObjectChanges {
  readonly #runs: SnapshotRuns;
  readonly #background: Background;
  readonly #times = float64Column();
  /** Changes so far. */
  #length = 0;
  readonly #fields: FieldState[] = [];
  readonly #byName = new Map<string, number>();
  readonly #byKey = new Map<number, number>();
  #present = new Set<number>();
  #full = false;
  readonly #catchUp: CatchUp;

  constructor(runs: SnapshotRuns, background: Background) {
    this.#runs = runs;
    this.#background = background;
    this.#catchUp = new CatchUp({
      run: () => this.#advance(),
      isOver: () => this.isOver,
      goal: () => runs.count,
      onFailed: background.onProgress,
    });
  }

  /** Snapshots that were looked at. */
  get snapshots(): number {
    return this.#times.length;
  }

  get done(): number {
    return this.#runs.count === 0 ? 1 : this.snapshots / this.#runs.count;
  }

  /** All there is was looked at, or all that is kept. */
  get isOver(): boolean {
    return this.#full || this.snapshots >= this.#runs.count;
  }

  get isFull(): boolean {
    return this.#full;
  }

  timeOf(snapshot: number): number {
    return this.#times.get(snapshot);
  }
  /** The snapshots in which a field changed, so far. */
  changesOf(name: string): readonly number[] {
    return this.#fields[this.#byName.get(name) ?? -1]?.snapshots ?? [];
  }

  get firstNs(): number {
    return this.snapshots === 0 ? 0 : this.timeOf(0);
  }
  get lastNs(): number {
    return this.snapshots === 0 ? 0 : this.timeOf(this.snapshots - 1);
  }

  /** Goes on to the newest snapshot. Rejects where the file can no longer be read. */
  advance(): Promise<void> {
    return this.#catchUp.reach();
  }

  /** As `advance`, without waiting. Throws what the last try has failed of. */
  begin(): void {
    this.#catchUp.begin();
  }

  async #advance(): Promise<void> {
    let work = 0;
    while (!this.isOver) {
      const run = this.#runs.runOf(this.snapshots);
      const { payload, snapshots } = await this.#runs.read(run);
      const before = this.snapshots;
      for (let k = before - this.#runs.firstOf(run); k < snapshots.length && !this.#full; k++) {
        work += this.#take(payload, snapshots[k] as FoundSnapshot);
        if (work < PIECE_BYTES) continue;
        work = 0;
        this.#background.onProgress();
        await this.#background.pause();
      }
      if (this.snapshots === before) throw new ProblemError(MISSING);
    }
    this.#background.onProgress();
  }

  /** Takes in the next snapshot. How much work it was, in bytes. */
  #take(payload: Uint8Array, { record, timeNs, keyframe }: FoundSnapshot): number {
    const snapshot = this.snapshots;
    this.#times.push(timeNs);
    let work = ENTRY_BYTES;
    for (const { key, json } of snapshotEntries(payload, record)) {
      work += ENTRY_BYTES + (json?.length ?? 0);
      const id = this.#idOf(key);
      if (id === undefined) continue;
      const field = this.#fields[id] as FieldState;
      field.listed = snapshot;
      if (!json) {
        if (field.present) this.#gone(id, snapshot);
        continue;
      }
      const [low, high] = sums(json);
      if (field.present && field.low === low && field.high === high && field.length === json.length) continue;
      field.present = true;
      this.#present.add(id);
      field.low = low;
      field.high = high;
      field.length = json.length;
      this.#changed(id, snapshot);
    }
    // A keyframe lists all that there are.
    if (keyframe) for (const id of this.#present) if ((this.#fields[id] as FieldState).listed !== snapshot) this.#gone(id, snapshot);
    if (this.#length >= MAX_CHANGES) this.#full = true;
    return work;
  }

  #gone(id: number, snapshot: number): void {
    (this.#fields[id] as FieldState).present = false;
    this.#present.delete(id);
    this.#changed(id, snapshot);
  }

  #changed(id: number, snapshot: number): void {
    (this.#fields[id] as FieldState).snapshots.push(snapshot);
    this.#length++;
  }

  #idOf(key: number): number | undefined {
    let id = this.#byKey.get(key);
    if (id !== undefined) return id;
    const name = this.#runs.nameOf(key);
    id = this.#byName.get(name);
    if (id === undefined) {
      if (this.#fields.length >= MAX_FIELDS) return undefined;
      id = this.#fields.length;
      this.#fields.push({ name, present: false, low: 0, high: 0, length: 0, listed: -1, snapshots: [] });
      this.#byName.set(name, id);
    }
    this.#byKey.set(key, id);
    return id;
  }

  /** Rows `from` … `from + count` of the fields whose names hold `filter`. */
  page(query: { readonly filter: string; readonly order: FieldOrder; readonly from: number; readonly count: number; readonly columns: number }): FieldsPage {
    const wanted = query.filter.trim().toLowerCase();
    const ids: number[] = [];
    for (const [id, field] of this.#fields.entries()) if (wanted === '' || field.name.toLowerCase().includes(wanted)) ids.push(id);
    const fieldOf = (id: number) => this.#fields[id] as FieldState;
    const newestOf = (id: number) => fieldOf(id).snapshots.at(-1) ?? 0;
    if (query.order === 'name') ids.sort((a, b) => (fieldOf(a).name < fieldOf(b).name ? -1 : 1));
    else if (query.order === 'newest') ids.sort((a, b) => newestOf(b) - newestOf(a) || a - b);
    else ids.sort((a, b) => changesOf(fieldOf(b)) - changesOf(fieldOf(a)) || a - b);
    const from = Math.max(0, Math.floor(query.from));
    const columns = Math.max(1, Math.floor(query.columns));
    const { firstNs, lastNs } = this;
    const scale = columns / Math.max(1, lastNs - firstNs);
    const rows = ids.slice(from, from + Math.max(0, Math.floor(query.count))).map((id): FieldChanges => {
      const field = fieldOf(id);
      const counts = new Uint32Array(columns);
      for (const snapshot of field.snapshots) {
        if (snapshot === 0) continue;
        const column = Math.min(columns - 1, Math.max(0, Math.floor((this.timeOf(snapshot) - firstNs) * scale)));
        counts[column] = (counts[column] as number) + 1;
      }
      const changes = changesOf(field);
      return { name: field.name, changes, newestNs: changes === 0 ? -1 : this.timeOf(newestOf(id)), columns: counts };
    });
    return { total: ids.length, rows, done: this.done, full: this.#full, firstNs, lastNs };
  }
}

/** What it has in the first snapshot is no change. */
const changesOf = ({ snapshots }: FieldState): number => (snapshots[0] === 0 ? snapshots.length - 1 : snapshots.length);

/** Two independent sums of 32 bits. */
function sums(bytes: Uint8Array): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high + byte, 0x5bd1e995);
    high ^= high >>> 15;
  }
  return [low, high];
}
