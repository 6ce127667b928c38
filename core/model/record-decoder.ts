import { type MonotonicTime, sinceMonotonic } from '../base/time.ts';
import { REMOVED, RecordKind } from '../protocol/records.ts';

/**
 * What `decodeRecords` calls, in the order of the block. Times are ns since the start of the recording. Positions (`at`) are
 * bytes from the start of the payload, `record` is where the record starts. Ids are those of the stream's `Definitions`.
 * Give all methods, on a class: then the calls stay monomorphic and nothing is allocated for an event.
 */
export interface RecordVisitor {
  /** Values are `values[first]` … `values[first + count - 1]`, in the order of the definition; NaN is a gap. Valid during the call. */
  counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number, record: number): void;
  /** Args are JSON text in `argsBytes` bytes at `argsAt`; 0 bytes: none. */
  instant(timeNs: number, name: number, category: number, scope: number, argsAt: number, argsBytes: number, record: number): void;
  /** `track` 0: among the thread's calls; else a text, the name of the track beside them. */
  slice(endNs: number, durationNs: number, name: number, category: number, argsAt: number, argsBytes: number, record: number, track: number): void;
  objectCreated(timeNs: number, object: number, record: number): void;
  /** Use `snapshotEntries` for the attributes. */
  objectSnapshot(timeNs: number, object: number, flags: number, record: number): void;
  objectDeleted(timeNs: number, object: number, record: number): void;
  /** The open stack is `depth` u32 function ids at `stackAt`. */
  gap(timeNs: number, lost: number, reason: number, stackAt: number, depth: number, record: number): void;
  stall(timeNs: number, waitedNs: number, record: number): void;
  call(timeNs: number, functionId: number, exit: boolean, record: number): void;
  /** A run of an async function or generator: `kind` is one of CALL_BEGIN, CALL_SUSPEND, CALL_RESUME, CALL_END. */
  run(timeNs: number, functionId: number, call: number, kind: number, record: number): void;
  /** JSON of the call that was entered, or begun, last. */
  callArguments(argsAt: number, argsBytes: number, record: number): void;
  /** JSON of what the innermost open call returns; its end follows. */
  callResult(argsAt: number, argsBytes: number, record: number): void;
  /** `parent`: number of the async slice that it belongs to, of the same scope; 0: none. */
  asyncBegin(
    timeNs: number,
    number: number,
    scope: number,
    name: number,
    category: number,
    parent: number,
    flags: number,
    argsAt: number,
    argsBytes: number,
    record: number,
  ): void;
  asyncInstant(timeNs: number, number: number, scope: number, name: number, argsAt: number, argsBytes: number, record: number): void;
  asyncEnd(timeNs: number, number: number, scope: number, name: number, argsAt: number, argsBytes: number, record: number): void;
  flow(timeNs: number, number: number, scope: number, name: number, category: number, phase: number, record: number): void;
}

/** A visitor that does nothing, to extend by the kinds that one looks for. */
export class IgnoringVisitor implements RecordVisitor {
  counter(_timeNs: number, _counter: number, _values: Float64Array, _first: number, _count: number, _record: number): void {}
  instant(_timeNs: number, _name: number, _category: number, _scope: number, _argsAt: number, _argsBytes: number, _record: number): void {}
  slice(_endNs: number, _durationNs: number, _name: number, _category: number, _argsAt: number, _argsBytes: number, _record: number, _track: number): void {}
  objectCreated(_timeNs: number, _object: number, _record: number): void {}
  objectSnapshot(_timeNs: number, _object: number, _flags: number, _record: number): void {}
  objectDeleted(_timeNs: number, _object: number, _record: number): void {}
  gap(_timeNs: number, _lost: number, _reason: number, _stackAt: number, _depth: number, _record: number): void {}
  stall(_timeNs: number, _waitedNs: number, _record: number): void {}
  call(_timeNs: number, _functionId: number, _exit: boolean, _record: number): void {}
  run(_timeNs: number, _functionId: number, _call: number, _kind: number, _record: number): void {}
  callArguments(_argsAt: number, _argsBytes: number, _record: number): void {}
  callResult(_argsAt: number, _argsBytes: number, _record: number): void {}
  asyncBegin(
    _timeNs: number,
    _number: number,
    _scope: number,
    _name: number,
    _category: number,
    _parent: number,
    _flags: number,
    _argsAt: number,
    _argsBytes: number,
    _record: number,
  ): void {}
  asyncInstant(_timeNs: number, _number: number, _scope: number, _name: number, _argsAt: number, _argsBytes: number, _record: number): void {}
  asyncEnd(_timeNs: number, _number: number, _scope: number, _name: number, _argsAt: number, _argsBytes: number, _record: number): void {}
  flow(_timeNs: number, _number: number, _scope: number, _name: number, _category: number, _phase: number, _record: number): void {}
}

/**
 * Walks the records of a DATA block. `payload` starts at a record: leave out the open stack in front of it
 * (`payload.subarray(padTo8(header.openStackWords * 4))`). `clockHigh` is the header's.
 *
 * Returns how many records were damaged: a length that leaves the block ends the walk, anything else is skipped alone. A kind
 * that this version does not know is skipped and is no damage. Never throws by itself.
 *
 * Typed arrays read in the machine's byte order: the format is little-endian, as is every machine that Node and Electron ship for.
 */
export function decodeRecords(payload: Uint8Array, clockHigh: number, start: MonotonicTime, visitor: RecordVisitor): number {
  // Hot: up to 50,000 records in a block, several million a second. Words and doubles come through typed arrays, which need
  // the payload on an 8-byte border; one copy of an odd one costs less than a DataView in the loop.
  const bytes = payload.byteOffset % 8 === 0 ? payload : payload.slice();
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  const doubles = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 3);
  const end = words.length & ~1;
  let damaged = bytes.length % 8 === 0 ? 0 : 1;
  let base = sinceMonotonic(start, clockHigh, 0);
  let w = 0;
  while (w < end) {
    const low = words[w] as number;
    const tag = words[w + 1] as number;
    const record = w * 4;
    if (tag < 0x80000000) {
      visitor.call(base + low, tag >>> 1, (tag & 1) === 1, record);
      w += 2;
      continue;
    }
    const payloadWords = ((tag >>> 8) & 0x7fffff) * 2;
    const p = w + 2;
    const next = p + payloadWords;
    if (next > end) return damaged + 1;
    w = next;
    switch (tag & 0xff) {
      case RecordKind.COUNTER: {
        const count = words[p + 1] as number;
        if (payloadWords < 2 || count > (payloadWords - 2) >>> 1) damaged++;
        else visitor.counter(base + low, words[p] as number, doubles, (p + 2) >>> 1, count, record);
        break;
      }
      case RecordKind.EPOCH:
        base = sinceMonotonic(start, low, 0);
        break;
      case RecordKind.INSTANT: {
        const argsBytes = words[p + 3] as number;
        if (payloadWords < 4 || argsBytes > (payloadWords - 4) * 4) damaged++;
        else visitor.instant(base + low, words[p] as number, words[p + 1] as number, words[p + 2] as number, (p + 4) * 4, argsBytes, record);
        break;
      }
      case RecordKind.SLICE: {
        const argsBytes = words[p + 4] as number;
        const durationNs = doubles[(p + 2) >>> 1] as number;
        if (payloadWords < 6 || argsBytes > (payloadWords - 6) * 4 || !(durationNs >= 0 && durationNs <= Number.MAX_SAFE_INTEGER)) damaged++;
        else visitor.slice(base + low, durationNs, words[p] as number, words[p + 1] as number, (p + 6) * 4, argsBytes, record, words[p + 5] as number);
        break;
      }
      case RecordKind.OBJECT_SNAPSHOT:
        if (payloadWords < 4 || (words[p + 2] as number) > (payloadWords - 4) >>> 1) damaged++;
        else visitor.objectSnapshot(base + low, words[p] as number, words[p + 1] as number, record);
        break;
      case RecordKind.OBJECT_CREATED:
        if (payloadWords < 2) damaged++;
        else visitor.objectCreated(base + low, words[p] as number, record);
        break;
      case RecordKind.OBJECT_DELETED:
        if (payloadWords < 2) damaged++;
        else visitor.objectDeleted(base + low, words[p] as number, record);
        break;
      case RecordKind.GAP: {
        const depth = words[p + 5] as number;
        if (payloadWords < 6 || depth > payloadWords - 6) {
          damaged++;
          break;
        }
        // A lost EPOCH record may hide in the gap: the gap tells the whole time, and what follows counts from there.
        base = sinceMonotonic(start, words[p + 2] as number, 0);
        visitor.gap(base + (words[p + 3] as number), doubles[p >>> 1] as number, words[p + 4] as number, (p + 6) * 4, depth, record);
        break;
      }
      case RecordKind.STALL:
        if (payloadWords < 2) damaged++;
        else visitor.stall(base + low, doubles[p >>> 1] as number, record);
        break;
      case RecordKind.CALL_BEGIN:
      case RecordKind.CALL_SUSPEND:
      case RecordKind.CALL_RESUME:
      case RecordKind.CALL_END:
        if (payloadWords < 2) damaged++;
        else visitor.run(base + low, words[p] as number, words[p + 1] as number, tag & 0xff, record);
        break;
      case RecordKind.CALL_ARGUMENTS:
      case RecordKind.CALL_RESULT: {
        const argsBytes = words[p] as number;
        if (payloadWords < 2 || argsBytes > (payloadWords - 2) * 4) damaged++;
        else if ((tag & 0xff) === RecordKind.CALL_ARGUMENTS) visitor.callArguments((p + 2) * 4, argsBytes, record);
        else visitor.callResult((p + 2) * 4, argsBytes, record);
        break;
      }
      case RecordKind.ASYNC_BEGIN: {
        const argsBytes = words[p + 6] as number;
        if (payloadWords < 8 || argsBytes > (payloadWords - 8) * 4) damaged++;
        else {
          const [number, scope, name, category] = [words[p] as number, words[p + 1] as number, words[p + 2] as number, words[p + 3] as number];
          visitor.asyncBegin(base + low, number, scope, name, category, words[p + 4] as number, words[p + 5] as number, (p + 8) * 4, argsBytes, record);
        }
        break;
      }
      case RecordKind.ASYNC_INSTANT:
      case RecordKind.ASYNC_END: {
        const argsBytes = words[p + 3] as number;
        if (payloadWords < 4 || argsBytes > (payloadWords - 4) * 4) damaged++;
        else if ((tag & 0xff) === RecordKind.ASYNC_END)
          visitor.asyncEnd(base + low, words[p] as number, words[p + 1] as number, words[p + 2] as number, (p + 4) * 4, argsBytes, record);
        else visitor.asyncInstant(base + low, words[p] as number, words[p + 1] as number, words[p + 2] as number, (p + 4) * 4, argsBytes, record);
        break;
      }
      case RecordKind.FLOW:
        if (payloadWords < 6) damaged++;
        else
          visitor.flow(base + low, words[p] as number, words[p + 1] as number, words[p + 2] as number, words[p + 3] as number, words[p + 4] as number, record);
        break;
      default:
    }
  }
  return damaged;
}

/** One attribute of a snapshot record. `json` undefined: the attribute was removed. */
export interface SnapshotEntry {
  readonly key: number;
  readonly json: Uint8Array | undefined;
}

/** Attributes of the OBJECT_SNAPSHOT record at byte `record` of `payload`. Stops at a length that leaves the record. */
export function snapshotEntries(payload: Uint8Array, record: number): SnapshotEntry[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const end = Math.min(payload.length, record + 8 + ((view.getUint32(record + 4, true) >>> 8) & 0x7fffff) * 8);
  const count = view.getUint32(record + 16, true);
  const entries: SnapshotEntry[] = [];
  let value = record + 24 + count * 8;
  for (let e = 0; e < count && value <= end; e++) {
    const key = view.getUint32(record + 24 + e * 8, true);
    const length = view.getUint32(record + 28 + e * 8, true);
    if (length === REMOVED) entries.push({ key, json: undefined });
    else {
      if (value + length > end) break;
      entries.push({ key, json: payload.subarray(value, value + length) });
      value += length;
    }
  }
  return entries;
}
