/** Calls of a recording, with names in place of ids. */
import { splitMonotonic } from '../../core/base/time.ts';
import { Definitions, type FunctionDefinition } from '../../core/model/definitions.ts';
import { decodeRecords, IgnoringVisitor } from '../../core/model/record-decoder.ts';
import { BlockType } from '../../core/protocol/recording-format.ts';
import { BlockReader, decodeInfo } from '../../core/protocol/recording-reader.ts';
import { padTo8 } from '../../core/protocol/records.ts';

export interface RecordedCall {
  /** Of the thread. */
  readonly stream: string;
  readonly function: FunctionDefinition;
  readonly startNs: number;
  readonly endNs: number;
  readonly depth: number;
  /** The call around it. */
  readonly parent: string | undefined;
}

class Calls extends IgnoringVisitor {
  readonly #stream: string;
  readonly definitions: Definitions;
  readonly calls: RecordedCall[] = [];
  readonly #open: { readonly id: number; readonly startNs: number }[] = [];
  lastNs = 0;

  constructor(stream: string, definitions: Definitions) {
    super();
    this.#stream = stream;
    this.definitions = definitions;
  }

  override call(timeNs: number, id: number, exit: boolean): void {
    if (timeNs < this.lastNs) throw new Error(`time goes back in ${this.#stream}`);
    this.lastNs = timeNs;
    if (!exit) {
      this.#open.push({ id, startNs: timeNs });
      return;
    }
    const ended = this.#open.pop();
    if (ended?.id !== id) throw new Error(`an exit that does not match in ${this.#stream}`);
    this.#add(ended, timeNs);
  }

  #add({ id, startNs }: { readonly id: number; readonly startNs: number }, endNs: number): void {
    const found = this.definitions.functions.get(id);
    if (!found) throw new Error(`function ${id} of ${this.#stream} is not defined`);
    const parent = this.#open.at(-1);
    this.calls.push({
      stream: this.#stream,
      function: found,
      startNs,
      endNs,
      depth: this.#open.length,
      parent: parent && this.definitions.functionName(parent.id),
    });
  }

  end(): void {
    for (let ended = this.#open.pop(); ended; ended = this.#open.pop()) this.#add(ended, this.lastNs);
  }
}

/** Throws where calls do not nest, times go back or a definition is missing. Calls that are open at the end end with the stream. */
export function recordedCalls(recording: Uint8Array): readonly RecordedCall[] {
  const reader = new BlockReader();
  const names = new Map<number, string>();
  const streams = new Map<number, Calls>();
  let start = splitMonotonic(0n);
  const streamOf = (stream: number): Calls => {
    const known = streams.get(stream) ?? new Calls(names.get(stream) ?? `stream ${stream}`, new Definitions());
    streams.set(stream, known);
    return known;
  };
  for (const item of [...reader.push(recording), ...reader.end()]) {
    if (item.kind === 'head') start = splitMonotonic(BigInt(item.head.startMonotonicNs));
    if (item.kind !== 'block') continue;
    const { header, payload } = item;
    if (header.type === BlockType.INFO) {
      for (const line of decodeInfo(payload)) if (line.kind === 'thread') names.set(line.stream, line.name);
    } else if (header.type === BlockType.DEFS) {
      if (streamOf(header.stream).definitions.add(payload) > 0) throw new Error('damaged definitions');
    } else if (header.type === BlockType.DATA) {
      const records = payload.subarray(padTo8(header.openStackWords * 4));
      if (decodeRecords(records, header.clockHigh, start, streamOf(header.stream)) > 0) throw new Error('damaged records');
    }
  }
  for (const stream of streams.values()) stream.end();
  return [...streams.values()].flatMap(({ calls }) => calls);
}
