import { SnapshotFlag } from '../protocol/records.ts';
import type { Recorder } from './recorder.ts';

/** Every so many snapshots all attributes are sent, so that a reader need not go back further. */
const KEYFRAME_EVERY = 64;

/** The life of one object as it is recorded: created, snapshots as differences to the one before, deleted. */
export class SnapshotStream {
  readonly #name: string;
  readonly #className: string;
  #recorder: Recorder | undefined;
  #definition = 0;
  #over = false;
  /** JSON of each attribute in the previous snapshot. */
  #previous: ReadonlyMap<string, string> = new Map();
  #sinceKeyframe = 0;
  #gaps = -1;

  constructor(name: string, className: string) {
    this.#name = name;
    this.#className = className;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Says that the object exists, once. */
  create(recorder: Recorder): void {
    if (this.#definition !== 0 || this.#over) return;
    const definition = recorder.defineObject(this.#name, this.#className);
    if (definition === 0 || !recorder.objectCreated(definition)) return;
    this.#recorder = recorder;
    this.#definition = definition;
  }

  /** `content` is JSON by attribute. */
  snapshot(recorder: Recorder, content: ReadonlyMap<string, string>, cut: boolean): void {
    this.create(recorder);
    const gaps = recorder.gaps;
    const keyframe = gaps !== this.#gaps || this.#sinceKeyframe >= KEYFRAME_EVERY - 1;
    const keys: string[] = [];
    const values: (string | undefined)[] = [];
    for (const [key, value] of content) {
      if (!keyframe && this.#previous.get(key) === value) continue;
      keys.push(key);
      values.push(value);
    }
    if (!keyframe) {
      for (const key of this.#previous.keys()) {
        if (content.has(key)) continue;
        keys.push(key);
        values.push(undefined);
      }
    }
    const flags = (keyframe ? SnapshotFlag.KEYFRAME : 0) | (cut ? SnapshotFlag.CUT : 0);
    const taken = recorder.objectSnapshot(this.#definition, flags, keys, values);
    this.#previous = content;
    this.#sinceKeyframe = keyframe ? 0 : this.#sinceKeyframe + 1;
    // A lost snapshot must not be the ground of the next: -1 is no count of gaps.
    this.#gaps = taken ? gaps : -1;
  }

  /** Says that it is gone, once. Later snapshots are the caller's to leave out. */
  end(): void {
    if (!this.#over && this.#definition !== 0) this.#recorder?.objectDeleted(this.#definition);
    this.#over = true;
  }
}
