/**
 * Reads a V8 heap profile (`.heapprofile`: `node --heap-prof`, DevTools' allocation sampling): a tree of who allocated how much. It becomes a flame
 * of bytes: one nanosecond of the recording stands for one byte. A function's width is what it and those that it called allocated; what it
 * allocated itself lies at its right end. When something was allocated is not in the file.
 */
import { counted } from '../base/counted.ts';
import { framePlace } from './cpu-profile-reader.ts';
import { damagedProfile, type JsonPlace, listPlace, numberPlace, objectPlace, readJson } from './json-places.ts';
import { NumberList } from './number-list.ts';
import { ProfileRecording, type ReadOptions } from './profile-recording.ts';
import type { SampledFrame } from './sampled-calls.ts';

/** The name of the thread says what its time axis is. */
export const BYTES_THREAD = '1 ns is 1 byte allocated';
const PORTION = 100_000;
const MAX_NODES = 10_000_000;

interface AllocationTree {
  readonly frames: SampledFrame[];
  readonly parents: NumberList;
  readonly selfBytes: NumberList;
  leftOut: number;
}

export async function* readHeapProfile(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const tree: AllocationTree = { frames: [], parents: new NumberList(), selfBytes: new NumberList(), leftOut: 0 };
  const end = await readJson(source, objectPlace({ head: treePlace(tree) }));
  if (tree.frames.length === 0) throw damagedProfile('heap profile', end);
  const recording = new ProfileRecording(options, 0n);
  yield* writeFlame(tree, recording, options.title);
  if (end.kind !== 'whole') {
    recording.lost(end.kind, 1, `The profile is ${end.kind === 'cut' ? 'cut' : 'damaged'} at byte ${end.at}: it was read up to there.`, `byte ${end.at}`);
  }
  recording.lost('many-nodes', tree.leftOut, counted(`# {node|nodes} beyond the first ${MAX_NODES} {was|were} left out.`, tree.leftOut));
  yield* recording.finish('V8 heap profile', { unit: 'bytes' });
}

/** Nodes nest as deep as the script's calls did. */
function treePlace(tree: AllocationTree): JsonPlace {
  const open: number[] = [];
  const frame = framePlace((read) => {
    const index = open.at(-1) as number;
    if (index >= 0) tree.frames[index] = read;
  });
  const selfSize = numberPlace((bytes) => {
    const index = open.at(-1) as number;
    if (index >= 0) tree.selfBytes.set(index, Math.max(0, bytes));
  });
  const node: JsonPlace = {
    begin: () => {
      if (tree.frames.length >= MAX_NODES) {
        tree.leftOut++;
        open.push(-1);
        return;
      }
      tree.parents.push(open.at(-1) ?? -1);
      tree.selfBytes.push(0);
      open.push(tree.frames.push({ name: '(unknown)', file: '', line: 0, column: 0 }) - 1);
    },
    end: () => {
      open.pop();
    },
    member: (key) => (key === 'callFrame' ? frame : key === 'selfSize' ? selfSize : key === 'children' ? children : undefined),
  };
  const children = listPlace(node);
  return node;
}

function* writeFlame(tree: AllocationTree, recording: ProfileRecording, title: string): Generator<Uint8Array, void, undefined> {
  const { frames, parents, selfBytes } = tree;
  const { builder } = recording;
  const process = builder.process({ pid: 1, name: title || 'heap profile' });
  const stream = builder.thread(process, 0, BYTES_THREAD);
  const functions = new Map<string, number>();
  const ids = frames.map((frame, index) => {
    if (frame.name === '(root)' && parents.at(index) < 0) return 0;
    const key = `${frame.line}:${frame.column}:${frame.file}\n${frame.name}`;
    let id = functions.get(key);
    if (id === undefined) {
      id = builder.functionDefinition(stream, frame.name.slice(0, 4096) || '(anonymous)', frame.file.slice(0, 4096), frame.line, frame.column, 0);
      functions.set(key, id);
    }
    return id;
  });
  const open: number[] = [];
  let at = 0;
  const close = (): void => {
    const index = open.pop() as number;
    at += selfBytes.at(index);
    recording.at(at);
    if (ids[index] !== 0) builder.exit(stream, recording.high, recording.low, ids[index] as number);
  };
  for (let index = 0; index < frames.length; index++) {
    while (open.length > 0 && open.at(-1) !== parents.at(index)) close();
    recording.at(at);
    if (ids[index] !== 0) builder.enter(stream, recording.high, recording.low, ids[index] as number);
    open.push(index);
    if (index % PORTION === PORTION - 1) yield* recording.take();
  }
  while (open.length > 0) close();
}
