import type { MonotonicTime } from '../base/time.ts';
import { SnapshotFlag } from '../protocol/records.ts';
import type { BlockStore } from './block-store.ts';
import { partitionPoint } from './column.ts';
import type { Definitions, ObjectDefinition } from './definitions.ts';
import { FieldHistory, type FieldPath, valueAt } from './field-history.ts';
import { type Background, type FoundSnapshot, ObjectChanges, type RunSnapshots, type SnapshotRuns } from './object-changes.ts';
import { decodeRecords, IgnoringVisitor, snapshotEntries } from './record-decoder.ts';
import { attributeValue, type FieldsTree, fieldsTree } from './value-tree.ts';

export interface ObjectView {
  readonly id: number;
  readonly name: string;
  readonly className: string;
  readonly process: number;
  readonly createdNs?: number;
  readonly deletedNs?: number;
  readonly snapshots: number;
  readonly lastNs: number;
}

/** When an object was there, and its snapshots: of many, each of `times` stands for `every`. `endNs` infinite: it was not deleted. */
export interface ObjectLife {
  readonly startNs: number;
  readonly endNs: number;
  readonly times: readonly number[];
  readonly every: number;
}

export interface ObjectSnapshot extends FieldsTree {
  readonly object: number;
  readonly index: number;
  readonly count: number;
  readonly timeNs: number;
}

/** Of an object, so many times of snapshots are kept; beyond, every second one is left out, again and again. */
const MAX_TIMES = 8192;
/** A program that makes an object for each request would fill the memory with their names: those beyond are only counted. */
const MAX_OBJECTS = 100_000;
/** Positions of snapshots within blocks that were decoded last: the newest block is asked for with each frame. */
const MAX_CACHED_RUNS = 16;
/** Objects whose changes are known, and fields whose histories are: those that were asked for last. */
const MAX_LOGS = 4;
const MAX_HISTORIES = 8;
/** A chain of changes longer than this without a keyframe is a damaged file: what is before is left out. */
const MAX_CHAIN = 20_000;

/** The snapshots of one object that lie in one block. */
interface Run {
  readonly block: number;
  /** Index of the first one among the object's snapshots. */
  readonly first: number;
  readonly firstNs: number;
  lastNs: number;
  /** Index of the first keyframe in this block; none: infinite. */
  keyframe: number;
}

class ObjectTrack {
  readonly id: number;
  readonly stream: number;
  readonly definition: number;
  readonly name: string;
  readonly className: string;
  readonly process: number;
  createdNs: number | undefined;
  deletedNs: number | undefined;
  count = 0;
  lastNs = 0;
  readonly runs: Run[] = [];
  #times: number[] = [];
  #every = 1;

  constructor(id: number, stream: number, process: number, definition: number, about: Pick<ObjectDefinition, 'name' | 'className'>) {
    this.id = id;
    this.stream = stream;
    this.process = process;
    this.definition = definition;
    this.name = about.name;
    this.className = about.className;
  }

  add(timeNs: number, block: number, keyframe: boolean): void {
    let run = this.runs[this.runs.length - 1];
    if (run?.block !== block) {
      run = { block, first: this.count, firstNs: timeNs, lastNs: timeNs, keyframe: Number.POSITIVE_INFINITY };
      this.runs.push(run);
    }
    run.lastNs = Math.max(run.lastNs, timeNs);
    if (keyframe) run.keyframe = Math.min(run.keyframe, this.count);
    if (this.count % this.#every === 0) {
      this.#times.push(timeNs);
      if (this.#times.length > MAX_TIMES) {
        this.#times = this.#times.filter((_, i) => i % 2 === 0);
        this.#every *= 2;
      }
    }
    this.count++;
    this.lastNs = Math.max(this.lastNs, timeNs);
  }

  times(limit: number): Float64Array {
    const most = Math.max(0, Math.floor(limit));
    const times = this.#times;
    if (times.length <= most) return Float64Array.from(times);
    return Float64Array.from({ length: most }, (_, i) => times[Math.floor((i * times.length) / most)] as number);
  }

  /** What a timeline draws. */
  life(): ObjectLife {
    const { createdNs, deletedNs } = this;
    const times = this.#times;
    return { startNs: createdNs ?? times[0] ?? 0, endNs: deletedNs ?? Number.POSITIVE_INFINITY, times, every: this.#every };
  }

  /** Which run holds the snapshot of that index. */
  runOf(index: number): number {
    return partitionPoint(this.runs.length, (r) => (this.runs[r] as Run).first > index) - 1;
  }
}

/** The objects of a trace and their snapshots: which blocks they lie in stays in memory, values are rebuilt from the file. */
export class Objects {
  readonly #blocks: BlockStore;
  readonly #start: () => MonotonicTime;
  readonly #objects: ObjectTrack[] = [];
  readonly #byStream = new Map<number, Map<number, ObjectTrack>>();
  readonly #found = new Map<string, RunSnapshots>();
  readonly #logs = new Map<number, ObjectChanges>();
  readonly #histories = new Map<string, FieldHistory>();
  readonly #background: Background;

  constructor(blocks: BlockStore, start: () => MonotonicTime, background: Background) {
    this.#background = background;
    this.#blocks = blocks;
    this.#start = start;
  }

  /** How many objects were created after the list was full. */
  leftOut = 0;

  /** Grows when there are new objects. */
  get size(): number {
    return this.#objects.length;
  }

  /** Undefined: there are too many. */
  track(stream: number, process: number, id: number, definitions: Definitions): ObjectTrack | undefined {
    let objects = this.#byStream.get(stream);
    if (!objects) {
      objects = new Map();
      this.#byStream.set(stream, objects);
    }
    let object = objects.get(id);
    if (!object) {
      if (this.#objects.length >= MAX_OBJECTS) return undefined;
      const about = definitions.objects.get(id) ?? { name: `(undefined object ${id})`, className: '' };
      object = new ObjectTrack(this.#objects.length, stream, process, id, about);
      this.#objects.push(object);
      objects.set(id, object);
    }
    return object;
  }

  created(stream: number, process: number, id: number, definitions: Definitions, timeNs: number): void {
    const object = this.track(stream, process, id, definitions);
    if (object) object.createdNs ??= timeNs;
    else this.leftOut++;
  }

  idOf(stream: number, definition: number): number | undefined {
    return this.#byStream.get(stream)?.get(definition)?.id;
  }

  list(): ObjectView[] {
    return this.#objects.map(({ id, name, className, process, createdNs, deletedNs, count, lastNs }) => ({
      id,
      name,
      className,
      process,
      snapshots: count,
      lastNs,
      ...(createdNs !== undefined && { createdNs }),
      ...(deletedNs !== undefined && { deletedNs }),
    }));
  }

  life(id: number): ObjectLife | undefined {
    return this.#objects[id]?.life();
  }

  times(id: number, limit: number): Float64Array {
    return this.#objects[id]?.times(limit) ?? new Float64Array(0);
  }

  /**
   * `index` -1 (or nothing given): the newest; `atNs`: the newest at or before that time. `against`: the snapshot that it is compared with, else the
   * one before. Undefined: there is none.
   */
  async snapshot(
    id: number,
    at: { readonly index?: number; readonly atNs?: number; readonly against?: number },
    definitions: (stream: number) => Definitions,
  ): Promise<ObjectSnapshot | undefined> {
    const object = this.#objects[id];
    if (!object) return undefined;
    // More may arrive while blocks are read: this answer is about what there is now.
    const count = object.count;
    const index = at.index !== undefined && at.index >= 0 ? Math.floor(at.index) : at.atNs !== undefined ? await this.#indexAt(object, at.atNs) : count - 1;
    if (!(index >= 0 && index < count)) return undefined;
    const { now, before, timeNs } = await this.#fields(object, index, definitions(object.stream));
    const { against } = at;
    if (against === undefined || against === index - 1) return { object: id, index, count, timeNs, ...fieldsTree(now, before) };
    if (!(against >= 0 && against < count)) return undefined;
    const other = await this.#fields(object, Math.floor(against), definitions(object.stream));
    return { object: id, index, count, timeNs, ...fieldsTree(now, other.now) };
  }

  /** What a snapshot holds at a path, as it was recorded (an empty path: all of it). Undefined: it has no such value. */
  async value(id: number, index: number, path: FieldPath, definitions: (stream: number) => Definitions): Promise<{ readonly value: unknown } | undefined> {
    const object = this.#objects[id];
    if (!object || !(index >= 0 && index < object.count)) return undefined;
    const { now } = await this.#fields(object, Math.floor(index), definitions(object.stream));
    const [name, ...inner] = path;
    if (name === undefined) return { value: Object.fromEntries([...now].map(([key, json]) => [key, attributeValue(json)])) };
    const json = now.get(name);
    const found = json && valueAt(attributeValue(json), inner);
    return found?.there ? { value: found.value } : undefined;
  }

  /** When which of its fields changed. Undefined: there is no such object. */
  changes(id: number, definitions: (stream: number) => Definitions): ObjectChanges | undefined {
    const object = this.#objects[id];
    if (!object) return undefined;
    return cached(this.#logs, id, MAX_LOGS, () => new ObjectChanges(this.#runsOf(object, definitions(object.stream)), this.#background));
  }

  /** The values of what lies at a path. */
  history(id: number, path: FieldPath, definitions: (stream: number) => Definitions): FieldHistory | undefined {
    const object = this.#objects[id];
    const changes = this.changes(id, definitions);
    if (!object || !changes) return undefined;
    const make = () => new FieldHistory(path, changes, this.#runsOf(object, definitions(object.stream)), this.#background);
    return cached(this.#histories, JSON.stringify([id, path]), MAX_HISTORIES, make, (dropped) => {
      dropped.isDropped = true;
    });
  }

  #runsOf(object: ObjectTrack, definitions: Definitions): SnapshotRuns {
    return {
      get count() {
        return object.count;
      },
      runOf: (snapshot) => object.runOf(snapshot),
      firstOf: (run) => (object.runs[run] as Run).first,
      read: (run) => this.#runSnapshots(object, object.runs[run] as Run),
      nameOf: (key) => definitions.text(key),
    };
  }

  async #indexAt(object: ObjectTrack, atNs: number): Promise<number> {
    const { runs } = object;
    const r = partitionPoint(runs.length, (i) => (runs[i] as Run).firstNs > atNs) - 1;
    const run = runs[r];
    if (!run) return -1;
    const { snapshots } = await this.#runSnapshots(object, run);
    return run.first + partitionPoint(snapshots.length, (i) => (snapshots[i] as FoundSnapshot).timeNs > atNs) - 1;
  }

  /** Attributes at a snapshot and at the one before, rebuilt from the last keyframe that both need. */
  async #fields(object: ObjectTrack, index: number, definitions: Definitions) {
    const { runs } = object;
    const target = object.runOf(index);
    const from = Math.max(0, index - 1);
    let r = object.runOf(from);
    while (r > 0 && (runs[r] as Run).keyframe > from && index - (runs[r] as Run).first < MAX_CHAIN) r--;
    const fields = new Map<string, Uint8Array>();
    let before: Map<string, Uint8Array> | undefined;
    let timeNs = 0;
    for (let i = r; i <= target; i++) {
      const run = runs[i] as Run;
      const { payload, snapshots } = await this.#runSnapshots(object, run);
      const start =
        i === r
          ? Math.max(
              0,
              snapshots.findLastIndex((snapshot, k) => snapshot.keyframe && run.first + k <= from),
            )
          : 0;
      for (let k = start; k < snapshots.length; k++) {
        const snapshot = snapshots[k] as FoundSnapshot;
        const at = run.first + k;
        if (at > index) break;
        if (at === index) {
          before = index > 0 ? new Map(fields) : undefined;
          timeNs = snapshot.timeNs;
        }
        if (snapshot.keyframe) fields.clear();
        for (const { key, json } of snapshotEntries(payload, snapshot.record)) {
          const name = definitions.text(key);
          if (json) fields.set(name, json);
          else fields.delete(name);
        }
      }
    }
    return { now: fields, before, timeNs };
  }

  async #runSnapshots(object: ObjectTrack, run: Run): Promise<RunSnapshots> {
    const key = `${object.id}/${run.block}`;
    let found = this.#found.get(key);
    if (!found) {
      const payload = await this.#blocks.records(run.block);
      const finder = new SnapshotFinder(object.definition);
      decodeRecords(payload, this.#blocks.clockHigh(run.block), this.#start(), finder);
      found = { payload, snapshots: finder.found };
      this.#found.set(key, found);
      for (const oldest of this.#found.keys()) {
        if (this.#found.size <= MAX_CACHED_RUNS) break;
        this.#found.delete(oldest);
      }
    }
    return found;
  }
}

class SnapshotFinder extends IgnoringVisitor {
  readonly found: FoundSnapshot[] = [];
  readonly #object: number;

  constructor(object: number) {
    super();
    this.#object = object;
  }

  override objectSnapshot(timeNs: number, object: number, flags: number, record: number): void {
    if (object === this.#object) this.found.push({ record, timeNs, keyframe: (flags & SnapshotFlag.KEYFRAME) !== 0 });
  }
}

/** Least recently used first: what was asked for longest ago goes. */
function cached<K, V>(map: Map<K, V>, key: K, most: number, make: () => V, drop: (value: V) => void = () => {}): V {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  for (const [oldest, dropped] of map) {
    if (map.size <= most) break;
    map.delete(oldest);
    drop(dropped);
  }
  return value;
}
