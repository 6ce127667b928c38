import { closeSync, openSync, writeSync } from 'node:fs';
import type { PluginState } from '../protocol/plugins.ts';
import {
  type CallCapture,
  type ChildNotice,
  encodeFrameHeader,
  FrameType,
  type LeftAlone,
  SPILL_MAGIC,
  type TargetBye,
  type TargetGate,
} from '../protocol/target-wire.ts';
import { jsonFrame } from './frames.ts';
import type { RingReader } from './ring-reader.ts';

export interface SpillExtras {
  readonly plugins?: Iterable<PluginState>;
  readonly children?: Iterable<ChildNotice>;
  readonly capture?: CallCapture | undefined;
  readonly leftAlone?: Iterable<LeftAlone>;
  /** What the script did with the gate, if that has not been told. */
  readonly gate?: TargetGate | undefined;
  /** What the process exits with. */
  readonly code?: number;
  /** The process was killed, if by itself. */
  readonly abrupt?: boolean;
  /** The drain failed. */
  readonly error?: string;
}

/**
 * Everything that the rings hold, as one file of frames; with `error` that; no BYE then, nor with `abrupt`.
 * Silent where the folder is gone: then there is no collector to read it either.
 */
export function writeSpill(
  file: string,
  hello: Uint8Array,
  readers: readonly RingReader[],
  { plugins = [], children = [], capture, leftAlone = [], gate, code = 0, abrupt = false, error }: SpillExtras = {},
): void {
  const full = readers.filter((reader) => !reader.empty || reader.shortCalls !== undefined);
  let target: number;
  try {
    target = openSync(file, 'wx', 0o600);
  } catch {
    return;
  }
  try {
    const write = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length; ) at += writeSync(target, bytes, at);
    };
    write(Buffer.from(SPILL_MAGIC, 'latin1'));
    write(hello);
    for (const reader of full) {
      const { thread } = reader.hello;
      write(jsonFrame(FrameType.THREAD, thread, { ...reader.hello, dataBefore: reader.streamSent, definitionsBefore: reader.definitionsSent }));
      const frame = (type: FrameType, bytes: number, pieces: readonly Buffer[]): void => {
        if (bytes === 0) return;
        write(encodeFrameHeader(bytes, type, thread));
        for (const piece of pieces) write(piece);
      };
      for (let next = reader.next(); next.data.units + next.definitions.units > 0; next = reader.next()) {
        frame(FrameType.DEFS, next.definitions.bytes, next.definitions.pieces);
        const kept = reader.shortCalls?.push(next.data.pieces);
        if (kept) frame(FrameType.DATA, kept.length, [kept]);
        else frame(FrameType.DATA, next.data.bytes, next.data.pieces);
        reader.confirm(next);
      }
      const last = reader.shortCalls?.end();
      if (last) frame(FrameType.DATA, last.length, [last]);
      const stats = reader.changedStats();
      if (stats) write(jsonFrame(FrameType.STATS, thread, stats));
    }
    for (const notice of children) write(jsonFrame(FrameType.CHILD, 0, notice));
    if (gate) write(jsonFrame(FrameType.GATE, 0, gate));
    if (capture) write(jsonFrame(FrameType.CAPTURE, 0, capture));
    for (const { file, reason } of leftAlone) write(jsonFrame(FrameType.LEFT_ALONE, 0, { file, reason }));
    for (const state of plugins) write(jsonFrame(FrameType.PLUGIN, 0, state));
    if (error !== undefined) write(jsonFrame(FrameType.TRACER_ERROR, 0, { message: error }));
    else if (!abrupt) write(jsonFrame(FrameType.BYE, 0, { code } satisfies TargetBye));
  } catch {
    // A full disk at the very end: what fitted is there, and every frame tells its length.
  } finally {
    closeSync(target);
  }
}
