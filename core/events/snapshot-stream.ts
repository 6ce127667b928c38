import { SnapshotFlag } from '../protocol/records.ts';
import type { Recorder } from './recorder.ts';

/** Every so many snapshots all attributes are sent, so that a reader need not go back further. */
const KEYFRAME_EVERY = 64;

export interface SnapshotAttribute {
  readonly key: string;
  /** Its JSON in the previous snapshot; undefined: it was not in it. */
  json: string | undefined;
  /** Number of the last snapshot that it was in. */
  seen: number;
}

/** The life of one object as it is recorded: created, snapshots as differences to the one before, deleted. */
export class SnapshotStream {
  readonly #name: string;
  readonly #className: string;
  #recorder: Recorder | undefined;
  #definition = 0;
  #over = false;
  /** Those of the previous snapshot, by name. */
  readonly #attributes = new Map<string, SnapshotAttribute>();
  #number = 0;
  /** How many attributes the snapshot under way has. */
  #count = 0;
  #keyframe = true;
  #sinceKeyframe = 0;
  /** Of the recorder, at the previous snapshot; -1 is no count of gaps. */
  #gaps = -1;
  #gapsNow = 0;
  /** The record under way: the first `#changes` of both. Arrays that are emptied are made anew by the engine, at each snapshot. */
  readonly #keys: string[] = [];
  readonly #values: (string | undefined)[] = [];
  #changes = 0;

  constructor(name: string, className: string) {
    this.#name = name;
    this.#className = className;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Says that the object exists, once. */
  create(recorder: Recorder): void {
    if (this.#over || (this.#definition !== 0 && this.#recorder === recorder)) return;
    this.#definition = 0;
    const definition = recorder.defineObject(this.#name, this.#className);
    if (definition === 0 || !recorder.objectCreated(definition)) return;
    this.#recorder = recorder;
    this.#definition = definition;
    this.#gaps = -1;
  }

  /** `content` is JSON by attribute. */
  snapshot(recorder: Recorder, content: ReadonlyMap<string, string>, cut: boolean): void {
    this.begin(recorder);
    for (const [key, json] of content) this.put(this.attribute(key), json);
    this.finish(recorder, cut);
  }

  /** To be given to `put`: may be kept, as long as the object lives. */
  attribute(key: string): SnapshotAttribute {
    return this.#attributes.get(key) ?? { key, json: undefined, seen: 0 };
  }

  /** A snapshot: `begin`, `put` for each attribute, `finish`, with nothing else in between. */
  begin(recorder: Recorder): void {
    this.create(recorder);
    this.#gapsNow = recorder.gaps;
    this.#keyframe = this.#gapsNow !== this.#gaps || this.#sinceKeyframe >= KEYFRAME_EVERY - 1;
    this.#number++;
    this.#count = 0;
    this.#changes = 0;
  }

  put(attribute: SnapshotAttribute, json: string): void {
    attribute.seen = this.#number;
    this.#count++;
    if (attribute.json === json && !this.#keyframe) return;
    if (attribute.json === undefined) this.#attributes.set(attribute.key, attribute);
    attribute.json = json;
    this.#change(attribute.key, json);
  }

  #change(key: string, json: string | undefined): void {
    this.#keys[this.#changes] = key;
    this.#values[this.#changes++] = json;
  }

  finish(recorder: Recorder, cut: boolean): void {
    if (this.#count < this.#attributes.size) this.#remove();
    const flags = (this.#keyframe ? SnapshotFlag.KEYFRAME : 0) | (cut ? SnapshotFlag.CUT : 0);
    const taken = recorder.objectSnapshot(this.#definition, flags, this.#keys, this.#values, this.#changes);
    this.#sinceKeyframe = this.#keyframe ? 0 : this.#sinceKeyframe + 1;
    // A lost snapshot must not be the ground of the next.
    this.#gaps = taken ? this.#gapsNow : -1;
  }

  /** Attributes that the snapshot under way does not have. */
  #remove(): void {
    for (const attribute of this.#attributes.values()) {
      if (attribute.seen === this.#number) continue;
      this.#attributes.delete(attribute.key);
      attribute.json = undefined;
      if (!this.#keyframe) this.#change(attribute.key, undefined);
    }
  }

  /** Says that it is gone, once; `told` false: without a word. Later snapshots are the caller's to leave out. */
  end(told = true): void {
    if (told && !this.#over && this.#definition !== 0) this.#recorder?.objectDeleted(this.#definition);
    this.#over = true;
  }
}
