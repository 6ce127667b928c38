import { GapReason } from '../protocol/records.ts';
import type { Definitions } from './definitions.ts';
import { IgnoringVisitor, snapshotEntries } from './record-decoder.ts';
import { shorten } from './value-shape.ts';

export const EVENT_KINDS = ['counter', 'instant', 'slice', 'object-created', 'snapshot', 'object-deleted', 'gap', 'stall'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface EventRow {
  readonly index: number;
  readonly kind: EventKind;
  readonly timeNs: number;
  readonly durationNs?: number;
  readonly name: string;
  readonly category?: string;
  readonly process: number;
  readonly thread: number;
  readonly detail: string;
  readonly object?: number;
}

const GAP_NAME = 'Lost records';
const STALL_NAME = 'Script waited for the tracer';

const MAX_DETAIL = 300;
const decoder = new TextDecoder();

/** What passes the filter, on one stream: the kinds, and of names the definitions that match (undefined: all). */
export interface RowFilter {
  readonly kinds: readonly boolean[];
  readonly text: NameFilter | undefined;
}

/** Which names hold a text, answered once for each definition. */
export class NameFilter {
  readonly #text: string;
  readonly #known = new Map<string, boolean>();
  /** Of each stream, how many names were looked at, and whether one matched. */
  readonly #streams = new WeakMap<Definitions, { readonly names: number; readonly any: boolean }>();

  constructor(text: string) {
    this.#text = text.toLowerCase();
  }

  matches(name: string): boolean {
    let matches = this.#known.get(name);
    if (matches === undefined) {
      matches = name.toLowerCase().includes(this.#text);
      this.#known.set(name, matches);
    }
    return matches;
  }

  /** Whether any event of a stream with these definitions can match at all. */
  canMatch(definitions: Definitions): boolean {
    const { strings } = definitions;
    const known = this.#streams.get(definitions);
    if (known && (known.any || known.names === strings.size)) return known.any;
    let any = this.matches(GAP_NAME) || this.matches(STALL_NAME);
    for (const text of strings.values()) any ||= this.matches(text);
    this.#streams.set(definitions, { names: strings.size, any });
    return any;
  }
}

/** Counts the events of a block that pass a filter. */
export class RowCounter extends IgnoringVisitor {
  count = 0;
  readonly #definitions: Definitions;
  readonly #filter: RowFilter;

  constructor(definitions: Definitions, filter: RowFilter) {
    super();
    this.#definitions = definitions;
    this.#filter = filter;
  }

  /** A passing event. `record` and the rest are those of the visitor. */
  protected take(): void {
    this.count++;
  }

  passes(kind: number, name: string): boolean {
    const { kinds, text } = this.#filter;
    if (!kinds[kind] || (text && !text.matches(name))) return false;
    this.take();
    return true;
  }

  override counter(_timeNs: number, counter: number, _values: Float64Array, _first: number, _count: number, _record: number): void {
    this.passes(0, this.#definitions.counters.get(counter)?.name ?? '');
  }
  override instant(_timeNs: number, name: number, _category: number, _scope: number, _argsAt: number, _argsBytes: number, _record: number): void {
    this.passes(1, this.#definitions.text(name));
  }
  override slice(_endNs: number, _durationNs: number, name: number, _category: number, _argsAt: number, _argsBytes: number, _record: number): void {
    this.passes(2, this.#definitions.text(name));
  }
  override objectCreated(_timeNs: number, object: number, _record: number): void {
    this.passes(3, this.#definitions.objects.get(object)?.name ?? '');
  }
  override objectSnapshot(_timeNs: number, object: number, _flags: number, _record: number): void {
    this.passes(4, this.#definitions.objects.get(object)?.name ?? '');
  }
  override objectDeleted(_timeNs: number, object: number, _record: number): void {
    this.passes(5, this.#definitions.objects.get(object)?.name ?? '');
  }
  override gap(_timeNs: number, _lost: number, _reason: number, _stackAt: number, _depth: number, _record: number): void {
    this.passes(6, GAP_NAME);
  }
  override stall(_timeNs: number, _waitedNs: number, _record: number): void {
    this.passes(7, STALL_NAME);
  }
}

export interface RowPlace {
  readonly payload: Uint8Array;
  readonly definitions: Definitions;
  readonly filter: RowFilter;
  readonly process: number;
  readonly thread: number;
  /** Index in the object table of an object definition. */
  readonly objectId: (definition: number) => number | undefined;
  /** Which of the passing events of the block: from `from`, at most `count`; the first of the block has index `base` in the list. */
  readonly from: number;
  readonly count: number;
  readonly base: number;
}

/** Makes the rows of one page out of one block; only those are made. */
export class RowMaker extends RowCounter {
  readonly rows: EventRow[] = [];
  readonly #place: RowPlace;

  constructor(place: RowPlace) {
    super(place.definitions, place.filter);
    this.#place = place;
  }

  #wanted(kind: number, name: string): boolean {
    const at = this.count;
    return this.passes(kind, name) && at >= this.#place.from && at < this.#place.from + this.#place.count;
  }

  #push(row: Pick<EventRow, 'kind' | 'timeNs' | 'name' | 'detail'> & Partial<EventRow>): void {
    const { base, process, thread } = this.#place;
    this.rows.push({ ...row, name: shorten(row.name, MAX_DETAIL), detail: shorten(row.detail, MAX_DETAIL), index: base + this.count - 1, process, thread });
  }

  #category(id: number): { readonly category?: string } {
    return id === 0 ? {} : { category: shorten(this.#place.definitions.text(id), MAX_DETAIL) };
  }

  #args(at: number, bytes: number): string {
    // Only what is shown is decoded: args may be a megabyte.
    return decoder.decode(this.#place.payload.subarray(at, at + Math.min(bytes, MAX_DETAIL * 4)));
  }

  #object(definition: number): { readonly name: string; readonly category?: string; readonly object?: number } {
    const about = this.#place.definitions.objects.get(definition);
    const object = this.#place.objectId(definition);
    return { name: about?.name ?? '', ...(about?.className && { category: shorten(about.className, MAX_DETAIL) }), ...(object !== undefined && { object }) };
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    const definition = this.#place.definitions.counters.get(counter);
    const name = definition?.name ?? '';
    if (!this.#wanted(0, name)) return;
    const parts: string[] = [];
    for (let s = 0, length = 0; s < count && length < MAX_DETAIL; s++) {
      const series = definition?.series[s] ?? String(s);
      const value = values[first + s] as number;
      const text = Number.isNaN(value) ? 'gap' : String(value);
      parts.push(count === 1 && (series === name || series === '') ? text : `${shorten(series, 100)}: ${text}`);
      length += (parts[s] as string).length + 2;
    }
    this.#push({ kind: 'counter', timeNs, name, detail: parts.join(', ') });
  }

  override instant(timeNs: number, name: number, category: number, _scope: number, argsAt: number, argsBytes: number): void {
    const text = this.#place.definitions.text(name);
    if (this.#wanted(1, text)) this.#push({ kind: 'instant', timeNs, name: text, detail: this.#args(argsAt, argsBytes), ...this.#category(category) });
  }

  override slice(endNs: number, durationNs: number, name: number, category: number, argsAt: number, argsBytes: number): void {
    const text = this.#place.definitions.text(name);
    if (!this.#wanted(2, text)) return;
    this.#push({ kind: 'slice', timeNs: endNs - durationNs, durationNs, name: text, detail: this.#args(argsAt, argsBytes), ...this.#category(category) });
  }

  override objectCreated(timeNs: number, object: number): void {
    const about = this.#object(object);
    if (this.#wanted(3, about.name)) this.#push({ kind: 'object-created', timeNs, detail: '', ...about });
  }

  override objectSnapshot(timeNs: number, object: number, flags: number, record: number): void {
    const about = this.#object(object);
    if (!this.#wanted(4, about.name)) return;
    const { definitions, payload } = this.#place;
    const names: string[] = [];
    for (const { key, json } of snapshotEntries(payload, record)) {
      const text = json ? `: ${shorten(decoder.decode(json.subarray(0, 160)), 40)}` : ' removed';
      names.push(`${shorten(definitions.text(key), 60)}${text}`);
      if (names.length * 6 > MAX_DETAIL) break;
    }
    const detail = names.length === 0 ? ((flags & 1) === 1 ? 'no attributes' : 'unchanged') : names.join(', ');
    this.#push({ kind: 'snapshot', timeNs, detail, ...about });
  }

  override objectDeleted(timeNs: number, object: number): void {
    const about = this.#object(object);
    if (this.#wanted(5, about.name)) this.#push({ kind: 'object-deleted', timeNs, detail: '', ...about });
  }

  override gap(timeNs: number, lost: number, reason: number): void {
    if (this.#wanted(6, GAP_NAME))
      this.#push({ kind: 'gap', timeNs, name: GAP_NAME, detail: `${lost} ${lost === 1 ? 'record' : 'records'} lost${reasonText(reason)}` });
  }

  override stall(timeNs: number, waitedNs: number): void {
    if (this.#wanted(7, STALL_NAME)) this.#push({ kind: 'stall', timeNs, durationNs: waitedNs, name: STALL_NAME, detail: 'the buffer was full' });
  }
}

function reasonText(reason: number): string {
  if (reason === GapReason.RING_FULL) return ': the buffer was full';
  if (reason === GapReason.SPILL_LOST) return ': they could not be saved at exit';
  if (reason === GapReason.RECORD_TOO_LARGE) return ': too large';
  return '';
}
