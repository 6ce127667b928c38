/** Events of Chrome Trace Event JSON as text: what is common to all of them. */
import { ByteOutput } from './byte-output.ts';
import { JsonCopier } from './json-bytes.ts';
import { readableValue } from './readable-value.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const jsonOf = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

const SEPARATOR = bytesOf(',\n');
const FIRST_SEPARATOR = bytesOf('\n');
const DURATION = bytesOf(',"dur":');
const ARGS = bytesOf(',"args":');
const NOT_READABLE = bytesOf('"(not readable)"');
const MARKER_KEY = [0x24, 0x74, 0x73];

export class EventOutput {
  readonly bytes = new ByteOutput();
  /** Values that could not be understood. */
  unreadable = 0;
  readonly #copier = new JsonCopier();
  #startMicros = 0;
  #startNanos = 0;
  #first = true;

  /** What time 0 of the recording is on the clock of the text. */
  setStart(startNs: bigint): void {
    this.#startMicros = Number(startNs / 1000n);
    this.#startNanos = Number(startNs % 1000n);
  }

  /** `{"ph":"C","pid":1,"tid":1,"name":"n","ts":` */
  headOf(phase: string, { pid, tid }: { readonly pid: number; readonly tid: number }, name: string, more: string): Uint8Array {
    return bytesOf(`{"ph":"${phase}","pid":${pid},"tid":${tid},"name":${JSON.stringify(name)}${more},"ts":`);
  }

  /** An event that is JSON already. */
  whole(event: Uint8Array): void {
    this.bytes.reserve(event.length + 64);
    this.#separate();
    this.bytes.bytesOf(event);
  }

  /** The start of an event. */
  begin(head: Uint8Array, timeNs: number, room = 128): void {
    this.bytes.reserve(head.length + room);
    this.#separate();
    this.bytes.shortBytes(head);
    this.#time(timeNs);
  }

  #time(timeNs: number): void {
    const nanos = this.#startNanos + timeNs;
    const micros = Math.floor(nanos / 1000);
    const whole = this.#startMicros + micros;
    // Only a damaged file has times before the zero of its clock.
    this.bytes.microseconds(Math.max(0, whole), nanos - micros * 1000);
  }

  duration(durationNs: number): void {
    this.bytes.shortBytes(DURATION);
    const micros = Math.floor(durationNs / 1000);
    this.bytes.microseconds(micros, durationNs - micros * 1000);
  }

  /** `json`: as a recording has it. */
  args(json: Uint8Array): void {
    const readable = this.readable(json);
    this.bytes.reserve(readable.length + 64);
    this.bytes.shortBytes(ARGS);
    this.bytes.bytesOf(readable);
  }

  /** Valid JSON without markers. Valid until the next call. */
  readable(json: Uint8Array): Uint8Array {
    const copier = this.#copier;
    if (!copier.copy(json, 0, json.length)) {
      this.unreadable++;
      return NOT_READABLE;
    }
    const copied = copier.bytes.subarray(0, copier.length);
    if (!holdsMarker(copied)) return copied;
    // At most a record's payload, 1 MB, and only values that JSON cannot hold.
    return jsonOf(readableValue(JSON.parse(decoder.decode(copied))));
  }

  #separate(): void {
    this.bytes.shortBytes(this.#first ? FIRST_SEPARATOR : SEPARATOR);
    this.#first = false;
  }
}

function holdsMarker(json: Uint8Array): boolean {
  const [dollar, t, s] = MARKER_KEY as [number, number, number];
  for (let at = json.indexOf(dollar); at >= 0; at = json.indexOf(dollar, at + 1)) if (json[at + 1] === t && json[at + 2] === s) return true;
  return false;
}
