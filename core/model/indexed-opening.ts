import { crc32 } from '../base/crc32.ts';
import { BLOCK_HEADER_BYTES, BlockType, type IndexRow } from '../protocol/recording-format.ts';
import { blockBytes } from '../protocol/recording-reader.ts';
import { Side } from '../protocol/summary/side-records.ts';
import type { RandomAccess } from './block-store.ts';
import { readAll } from './recording-index.ts';
import type { KnownNode } from './timeline/call-band.ts';

/** Blocks that lie so near to each other are read together, with what lies between them. */
const MAX_GAP_BYTES = 64 * 1024;
const MAX_READ_BYTES = 4 * 1024 * 1024;

/** What the summaries of a stream say. */
export interface StreamPlan {
  readonly stream: number;
  /** DATA blocks of its segments. */
  readonly blocks: readonly IndexRow[];
  readonly nodes: readonly KnownNode[];
}

/** How a recording is opened by its index: what is read at once, and what afterwards. */
export interface OpeningPlan {
  /** Names of everything, small. */
  readonly first: readonly IndexRow[];
  readonly streams: readonly StreamPlan[];
  /** In the order of the file: console, source texts, what is no call, and what no summary covers. `isSide`: its calls are known already. */
  readonly then: readonly { readonly row: IndexRow; readonly isSide: boolean }[];
  /** Attachments are only noted. */
  readonly attachments: readonly IndexRow[];
}

interface StreamState {
  /** DATA blocks since the last segment ended. */
  open: IndexRow[];
  readonly blocks: IndexRow[];
  readonly nodes: { level: number; fromNs: number; toNs: number; firstBlock: number; source: { picture: IndexRow[]; statistics: IndexRow[] } }[];
}

/** Undefined: it is not worth it, since there are no summaries. */
export function planOpening(rows: readonly IndexRow[]): OpeningPlan | undefined {
  const streams = new Map<number, StreamState>();
  const first: IndexRow[] = [];
  const attachments: IndexRow[] = [];
  const then: { row: IndexRow; isSide: boolean }[] = [];
  const stateOf = (stream: number): StreamState => {
    let state = streams.get(stream);
    if (!state) {
      state = { open: [], blocks: [], nodes: [] };
      streams.set(stream, state);
    }
    return state;
  };
  for (const row of rows) {
    const { header } = row;
    switch (header.type) {
      case BlockType.INFO:
      case BlockType.DEFS:
        first.push(row);
        break;
      case BlockType.ATTACHMENT:
        attachments.push(row);
        break;
      case BlockType.CONSOLE:
      case BlockType.SOURCE:
        then.push({ row, isSide: false });
        break;
      case BlockType.EXTRACT:
        then.push({ row, isSide: true });
        break;
      case BlockType.DATA:
        stateOf(header.stream).open.push(row);
        break;
      case BlockType.SUMMARY:
        takeSummary(stateOf(header.stream), row, then);
        break;
      case BlockType.STATISTICS:
        stateOf(header.stream).nodes.at(-1)?.source.statistics.push(row);
        break;
      default:
    }
  }
  const plans: StreamPlan[] = [];
  for (const [stream, { blocks, nodes, open }] of streams) {
    if (nodes.length > 0) plans.push({ stream, blocks, nodes });
    for (const row of open) then.push({ row, isSide: false });
  }
  if (plans.length === 0) return undefined;
  then.sort((a, b) => a.row.offset - b.row.offset);
  return { first, streams: plans, then, attachments };
}

function takeSummary(state: StreamState, row: IndexRow, then: { row: IndexRow; isSide: boolean }[]): void {
  const { count: level, clockHigh: part, firstNs: fromNs, lastNs: toNs, unnamedFrames: side } = row.header;
  if (part > 0) {
    state.nodes.at(-1)?.source.picture.push(row);
    return;
  }
  state.nodes.push({ level, fromNs, toNs, firstBlock: state.blocks.length, source: { picture: [row], statistics: [] } });
  if (level > 0) return;
  // So many other records are among the calls that they were not copied.
  if (side === Side.DATA) for (const data of state.open) then.push({ row: data, isSide: true });
  state.blocks.push(...state.open);
  state.open = [];
}

/** Reads that are on their way together: of a source that is far away each takes its time. */
const READS_AHEAD = 8;

/** The payloads of blocks in their order; undefined where the file does not hold what the index says. Blocks that lie together come in one read. */
export async function* readRows<R extends IndexRow>(
  source: RandomAccess,
  rows: readonly R[],
): AsyncGenerator<{ readonly row: R; readonly payload: Uint8Array | undefined }, void, undefined> {
  const groups = batches(rows);
  const reads: Promise<Uint8Array>[] = [];
  const startRead = (group: R[] | undefined): void => {
    const [first, last] = [group?.[0], group?.at(-1)];
    if (!first || !last) return;
    const read = readAll(source, first.offset, last.offset + blockBytes(last.header) - first.offset);
    // Who awaits it may have stopped at an earlier one.
    read.catch(() => {});
    reads.push(read);
  };
  for (const group of groups.slice(0, READS_AHEAD)) startRead(group);
  for (let g = 0; g < groups.length; g++) {
    const group = groups[g] as R[];
    const bytes = await (reads.shift() as Promise<Uint8Array>);
    startRead(groups[g + READS_AHEAD]);
    const start = (group[0] as R).offset;
    for (const row of group) {
      const from = row.offset - start + BLOCK_HEADER_BYTES;
      const payload = bytes.slice(from, from + row.header.payloadBytes);
      const isGood = payload.length === row.header.payloadBytes && crc32(payload) === row.header.payloadCrc;
      yield { row, payload: isGood ? payload : undefined };
    }
  }
}

/** Rows that are read in one go: they lie together. */
function batches<R extends IndexRow>(rows: readonly R[]): R[][] {
  const found: R[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  let start = 0;
  for (const row of rows) {
    const rowEnd = row.offset + blockBytes(row.header);
    const last = found.at(-1);
    if (last && row.offset - end <= MAX_GAP_BYTES && rowEnd - start <= MAX_READ_BYTES) last.push(row);
    else {
      found.push([row]);
      start = row.offset;
    }
    end = rowEnd;
  }
  return found;
}
