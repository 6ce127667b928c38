import { SnapshotFlag } from '../protocol/records.ts';
import { lastMember, text, wrapMarkers } from './event-values.ts';
import type { ImportContext } from './import-context.ts';
import { MAX_MEMBERS, MAX_OBJECTS } from './import-losses.ts';
import type { ImportedProcess, ImportedThread } from './import-tracks.ts';
import { JsonMembers } from './json-bytes.ts';
import { type EventFields, Field } from './trace-event-fields.ts';

const MAX_SNAPSHOT_BYTES = 768 * 1024;

const bytesOf = (words: string): Uint8Array => new TextEncoder().encode(words);
const SNAPSHOT = bytesOf('snapshot');
const VALUE = bytesOf('value');
const BUDGET = bytesOf('{"$ts":"budget"}');
/** N O D */
const [CREATED, SNAPPED] = [0x4e, 0x4f];

interface ImportedObject {
  readonly thread: ImportedThread;
  readonly definition: number;
}

/** Objects: `N`, `O`, `D`, by process, id and name. */
export class ImportObjects {
  readonly #to: ImportContext;
  readonly #objects = new Map<ImportedProcess, Map<string, ImportedObject>>();
  readonly #attributes = new JsonMembers(MAX_MEMBERS);
  readonly #entries = new Uint32Array(MAX_MEMBERS * 2);
  #count = 0;

  constructor(to: ImportContext) {
    this.#to = to;
  }

  event(fields: EventFields, phase: number): void {
    const { clock, builder, tracks, names, losses } = this.#to;
    if (!this.#to.readTime(fields)) return;
    const seen = this.#to.threadOf(fields);
    if (seen === undefined) return;
    const { high, low } = clock;
    const name = names.ofEvent(fields);
    // Addresses are used again by later objects, often of another name.
    const key = `${fields.end[Field.ID] !== 0 ? text(fields, Field.ID) : fields.end[Field.ID2] !== 0 ? text(fields, Field.ID2) : ''}\n${name}`;
    const objects = this.#objectsOf(seen.process);
    let object = phase === CREATED ? undefined : objects.get(key);
    if (object === undefined) {
      if (this.#count >= MAX_OBJECTS) {
        losses.add('many-objects', () => this.#to.where(fields));
        return;
      }
      this.#count++;
      object = { thread: seen, definition: builder.objectDefinition(seen.stream, tracks.local(seen, name), 0) };
      objects.set(key, object);
    }
    clock.note(0);
    // A definition belongs to one stream, so that an object's events all go to that of the thread which it was first seen in.
    const { thread, definition } = object;
    if (phase === CREATED) builder.objectCreated(thread.stream, high, low, definition);
    else if (phase === SNAPPED) this.#snapshot(fields, thread, definition);
    else {
      objects.delete(key);
      builder.objectDeleted(thread.stream, high, low, definition);
    }
  }

  #objectsOf(process: ImportedProcess): Map<string, ImportedObject> {
    const objects = this.#objects.get(process) ?? new Map<string, ImportedObject>();
    this.#objects.set(process, objects);
    return objects;
  }

  #snapshot(fields: EventFields, thread: ImportedThread, definition: number): void {
    const { bytes } = fields;
    const { clock, members, copier, losses, names, tracks } = this.#to;
    const { high, low } = clock;
    const value = this.#to.readMembers(fields) ? lastMember(members, bytes, SNAPSHOT) : -1;
    if (value < 0) {
      losses.add('unreadable-event', () => this.#to.where(fields));
      return;
    }
    const from = members.offsets[value * 4 + 2] as number;
    const to = members.offsets[value * 4 + 3] as number;
    const attributes = this.#attributes;
    copier.length = 0;
    let flags: number = SnapshotFlag.KEYFRAME;
    let count = 0;
    if (attributes.read(bytes, from, to)) {
      if (attributes.skipped > 0) flags |= SnapshotFlag.CUT;
      for (let m = 0; m < attributes.count; m++) {
        const [keyStart, keyEnd, start, end] = attributes.offsets.subarray(m * 4, m * 4 + 4) as unknown as readonly [number, number, number, number];
        const written = this.#appendValue(bytes, start, end);
        if (written === 0) flags |= SnapshotFlag.CUT;
        this.#entries[count * 2] = tracks.local(thread, names.numberOf(bytes, keyStart, keyEnd));
        this.#entries[count * 2 + 1] = written === 0 ? BUDGET.length : written;
        if (written === 0) copier.push(BUDGET);
        count++;
      }
    } else {
      // Not an object: shown as one attribute.
      const written = this.#appendValue(bytes, from, to);
      if (written === 0) copier.push(BUDGET);
      this.#entries[0] = tracks.local(thread, names.plain(VALUE));
      this.#entries[1] = copier.length;
      count = 1;
    }
    if ((flags & SnapshotFlag.CUT) !== 0) losses.add('cut-snapshot', () => this.#to.where(fields));
    this.#to.builder.objectSnapshot(thread.stream, high, low, definition, flags, this.#entries, count, copier.bytes, copier.length);
  }

  /** Bytes appended to the copier; 0 when the value is broken or does not fit any more. */
  #appendValue(bytes: Uint8Array, start: number, end: number): number {
    const { copier } = this.#to;
    const before = copier.length;
    if (before + (end - start) > MAX_SNAPSHOT_BYTES || !copier.append(bytes, start, end)) return 0;
    if (copier.hasMarkerKey) wrapMarkers(copier, before);
    if (copier.length > MAX_SNAPSHOT_BYTES) {
      copier.length = before;
      return 0;
    }
    return copier.length - before;
  }
}
