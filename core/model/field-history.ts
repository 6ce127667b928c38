/** The values of one field of an object, or of what lies in it, through time. */
import { CatchUp } from './catch-up.ts';
import { float64Column, partitionPoint, uint32Column } from './column.ts';
import type { Background, FoundSnapshot, ObjectChanges, RunSnapshots, SnapshotRuns } from './object-changes.ts';
import { snapshotEntries } from './record-decoder.ts';
import { type ChangeCounts, countChanges, diffValues } from './value-diff.ts';
import { previewOf, shapeOf, shorten } from './value-shape.ts';
import { attributeValue } from './value-tree.ts';

/** Keys from the outermost on, as `ValueTree.key` has them. */
export type FieldPath = readonly string[];

export interface HistoryRow {
  /** The snapshot from which on it has this value. */
  readonly snapshot: number;
  readonly timeNs: number;
  readonly change: 'added' | 'removed' | 'changed';
  /** Empty where it was removed. */
  readonly text: string;
  readonly before?: string;
  /** Where both have entries: what is different in them. */
  readonly counts?: ChangeCounts;
}

export interface HistoryPage {
  readonly rows: readonly HistoryRow[];
  readonly total: number;
  readonly done: number;
}

/** What a graph of a field draws. */
export interface FieldGraph {
  /** Values so far, the first one too. */
  readonly values: number;
  /** How many of them are numbers. */
  readonly numbers: number;
  readonly done: number;
  /** The log of the object is full: later values are not known. */
  readonly full: boolean;
  readonly firstNs: number;
  readonly lastNs: number;
  /** When it changed, at most one for each column. */
  readonly ticks: Float64Array;
  /** Points of a line whose values hold until the next; NaN: no number. Of many, first, least, greatest and last of each column. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

const PIECE_BYTES = 1024 * 1024;
/** What a change costs beside its value. */
const ENTRY_BYTES = 256;
const MAX_PAGE = 1000;

const ADDED = 0;
const REMOVED = 1;
const CHANGED = 2;
const WORDS = ['added', 'removed', 'changed'] as const;

/** The value at a path inside of `value`; `there` false: it has no such entry. */
export function valueAt(value: unknown, keys: FieldPath): { readonly there: boolean; readonly value: unknown } {
  let inner = value;
  for (const key of keys) {
    const entry = shapeOf(inner).children?.find(([name]) => name === key || shorten(name) === key);
    if (!entry) return { there: false, value: undefined };
    inner = entry[1];
  }
  return { there: true, value: inner };
}

/** Grows in the background, from `advance` on, along the log of its object. */
export class FieldHistory {
  readonly #path: FieldPath;
  readonly #log: ObjectChanges;
  readonly #runs: SnapshotRuns;
  readonly #background: Background;
  /** Changes of the log that were looked at. */
  #at = 0;
  readonly #snapshot = uint32Column();
  readonly #kind = uint32Column();
  readonly #number = float64Column();
  #numbers = 0;
  /** Mostly the next change lies in the same block. */
  #read: { readonly run: number; readonly found: RunSnapshots } | undefined;
  /** JSON of the newest value; undefined: it is not there. */
  #last: string | undefined;
  readonly #catchUp: CatchUp;
  /** Another field is looked at: what is under way ends. */
  isDropped = false;

  constructor(path: FieldPath, log: ObjectChanges, runs: SnapshotRuns, background: Background) {
    this.#path = path;
    this.#log = log;
    this.#runs = runs;
    this.#background = background;
    this.#catchUp = new CatchUp({
      run: () => this.#advance(),
      isOver: () => this.#isOver,
      goal: () => runs.count,
      onFailed: background.onProgress,
    });
  }

  /** Snapshots in which the field that it lies in changed. */
  get #changes(): readonly number[] {
    return this.#log.changesOf(this.#path[0] ?? '');
  }

  get total(): number {
    return this.#snapshot.length;
  }

  get #isOver(): boolean {
    return this.#log.isOver && this.#at >= this.#changes.length;
  }

  get done(): number {
    const { length } = this.#changes;
    return this.#log.done * (length === 0 ? 1 : this.#at / length);
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
    const [name = '', ...inner] = this.#path;
    await this.#log.advance();
    let work = 0;
    const changes = this.#changes;
    while (!this.isDropped && this.#at < changes.length) {
      const snapshot = changes[this.#at++] as number;
      const json = await this.#json(snapshot, name);
      this.#take(snapshot, json, inner);
      work += (json?.length ?? 0) + ENTRY_BYTES;
      if (work < PIECE_BYTES) continue;
      work = 0;
      this.#background.onProgress();
      await this.#background.pause();
    }
    this.#read = undefined;
    this.#background.onProgress();
  }

  #take(snapshot: number, json: Uint8Array | undefined, inner: FieldPath): void {
    const { there, value } = json ? valueAt(attributeValue(json), inner) : { there: false, value: undefined };
    const text = there ? textOf(value) : undefined;
    if (text === this.#last) return;
    this.#snapshot.push(snapshot);
    this.#kind.push(text === undefined ? REMOVED : this.#last === undefined ? ADDED : CHANGED);
    const number = typeof value === 'number' ? value : Number.NaN;
    this.#number.push(number);
    if (!Number.isNaN(number)) this.#numbers++;
    this.#last = text;
  }

  /** JSON of the attribute in a snapshot that has changed it. */
  async #json(snapshot: number, name: string): Promise<Uint8Array | undefined> {
    const run = this.#runs.runOf(snapshot);
    if (this.#read?.run !== run) this.#read = { run, found: await this.#runs.read(run) };
    const { payload, snapshots } = this.#read.found;
    const found: FoundSnapshot | undefined = snapshots[snapshot - this.#runs.firstOf(run)];
    if (!found) return undefined;
    return snapshotEntries(payload, found.record).find(({ key }) => this.#runs.nameOf(key) === name)?.json;
  }

  /** The value that came with the change of a row. Undefined: none did. */
  async #valueAt(row: number): Promise<{ readonly value: unknown } | undefined> {
    if (row < 0 || this.#kind.get(row) === REMOVED) return undefined;
    const [name = '', ...inner] = this.#path;
    const json = await this.#json(this.#snapshot.get(row), name);
    return json && { value: valueAt(attributeValue(json), inner).value };
  }

  async #rowAt(row: number): Promise<HistoryRow> {
    const [old, now] = [await this.#valueAt(row - 1), await this.#valueAt(row)];
    const snapshot = this.#snapshot.get(row);
    const [shape, oldShape] = [now && shapeOf(now.value), old && shapeOf(old.value)];
    const areBranches = shape?.children !== undefined && oldShape?.children !== undefined;
    return {
      snapshot,
      timeNs: this.#log.timeOf(snapshot),
      change: WORDS[this.#kind.get(row)] ?? 'changed',
      text: shape ? previewOf(shape) : '',
      ...(oldShape && { before: previewOf(oldShape) }),
      ...(areBranches && { counts: countChanges(diffValues(old?.value, now?.value)) }),
    };
  }

  /** Rows `from` … `from + count`, the newest first where `newestFirst`. */
  async page(from: number, count: number, newestFirst: boolean): Promise<HistoryPage> {
    const { total, done } = this;
    const first = Math.max(0, Math.floor(from));
    const length = Math.min(MAX_PAGE, Math.max(0, Math.floor(count)), Math.max(0, total - first));
    const rows: HistoryRow[] = [];
    for (let k = 0; k < length; k++) rows.push(await this.#rowAt(newestFirst ? total - 1 - first - k : first + k));
    return { rows, total, done };
  }

  /** The next change after a snapshot, or the last one before it. Undefined: there is none, as far as is known. */
  step(snapshot: number, backwards: boolean): number | undefined {
    const after = partitionPoint(this.total, (row) => this.#snapshot.get(row) > snapshot);
    if (!backwards) return after < this.total ? this.#snapshot.get(after) : undefined;
    const before = partitionPoint(this.total, (row) => this.#snapshot.get(row) >= snapshot) - 1;
    return before >= 0 ? this.#snapshot.get(before) : undefined;
  }

  graph(columns: number): FieldGraph {
    const { firstNs, lastNs } = this.#log;
    const wanted = Math.max(1, Math.floor(columns));
    const scale = wanted / Math.max(1, lastNs - firstNs);
    const ticks: number[] = [];
    const x: number[] = [];
    const y: number[] = [];
    const timeOf = (row: number) => this.#log.timeOf(this.#snapshot.get(row));
    const columnOf = (row: number) => Math.min(wanted - 1, Math.floor((timeOf(row) - firstNs) * scale));
    for (let row = 0; row < this.total; ) {
      const column = columnOf(row);
      let end = row;
      let least = row;
      let greatest = row;
      for (; end < this.total && columnOf(end) === column; end++) {
        const number = this.#number.get(end);
        if (number < this.#number.get(least) || Number.isNaN(this.#number.get(least))) least = end;
        if (number > this.#number.get(greatest) || Number.isNaN(this.#number.get(greatest))) greatest = end;
      }
      ticks.push(timeOf(row));
      for (const place of [...new Set([row, least, greatest, end - 1])].sort((a, b) => a - b)) {
        x.push(timeOf(place));
        y.push(this.#number.get(place));
      }
      row = end;
    }
    return {
      values: this.total,
      numbers: this.#numbers,
      done: this.done,
      full: this.#log.isFull,
      firstNs,
      lastNs,
      ticks: Float64Array.from(ticks),
      x: Float64Array.from(x),
      y: Float64Array.from(y),
    };
  }
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    // Nested deeper than the stack reaches: told apart by its beginning.
    return previewOf(shapeOf(value));
  }
}
