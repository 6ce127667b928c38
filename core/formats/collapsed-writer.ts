/** Writes the calls of a recording as collapsed stacks: a line for each path of calls, with the nanoseconds that were spent at its end. */
import { collectCalls, laneCount, steps } from './calls-export.ts';
import type { SampledFrame } from './sampled-calls.ts';
import { TextOutput } from './text-output.ts';
import type { ExportOptions, TraceExport } from './trace-export.ts';

interface PathNode {
  readonly text: string;
  selfNs: number;
  readonly children: Map<number, PathNode>;
}

/** A semicolon ends a frame, and a line end the line. */
const frameText = (text: string): string =>
  text
    .replaceAll(';', ':')
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .trim() || '(anonymous)';

export class CollapsedExport implements TraceExport {
  readonly #recording: AsyncIterable<Uint8Array>;
  readonly #options: ExportOptions;
  events = 0;
  notes: readonly string[] = [];

  constructor(recording: AsyncIterable<Uint8Array>, options: ExportOptions = {}) {
    this.#recording = recording;
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const { calls, tracks } = await collectCalls(this.#recording, this.#options);
    const texts = calls.frames.map(textOf);
    const roots: PathNode[] = [];
    for (const { slices, name } of tracks) {
      const root: PathNode = { text: frameText(name), selfNs: 0, children: new Map() };
      roots.push(root);
      for (let lane = 0; lane < laneCount(slices); lane++) this.#addLane(slices, lane, root, texts);
      this.events += slices.count;
    }
    const out = new TextOutput();
    // With one thread its name would be a frame that nobody looks for.
    for (const root of roots) for (const child of root.children.values()) yield* writePaths(child, roots.length > 1 ? [root.text] : [], out);
    yield* out.finish();
    const summed = 'Calls of one path are summed: when each of them was, and how long, is not in the file.';
    this.notes = [...calls.told, summed, ...calls.leftOut()];
  }

  #addLane(slices: Parameters<typeof steps>[0], lane: number, root: PathNode, texts: readonly string[]): void {
    const open = [root];
    let last = 0;
    const passed = (timeNs: number): void => {
      const top = open.at(-1) as PathNode;
      if (open.length > 1) top.selfNs += Math.max(0, timeNs - last);
      last = Math.max(last, timeNs);
    };
    const to = {
      open: (timeNs: number, row: number): void => {
        passed(timeNs);
        const name = slices.names[row] as number;
        const { children } = open.at(-1) as PathNode;
        const known = children.get(name) ?? { text: texts[name] as string, selfNs: 0, children: new Map() };
        children.set(name, known);
        open.push(known);
      },
      close: (timeNs: number): void => {
        passed(timeNs);
        open.pop();
      },
    };
    for (const _ of steps(slices, lane, to)) {
      // Nothing is handed on before all paths are known.
    }
  }
}

function textOf({ name, file, line, column }: SampledFrame): string {
  if (file === '') return frameText(name);
  return frameText(`${name} (${file}:${line}${column > 0 ? `:${column}` : ''})`);
}

/** Without recursion: paths may be deeper than a stack. */
function* writePaths(first: PathNode, before: readonly string[], out: TextOutput): Generator<Uint8Array, void, undefined> {
  const path = [...before];
  const open: { readonly node: PathNode; readonly rest: Iterator<PathNode> }[] = [];
  const enter = (node: PathNode): void => {
    path.push(node.text);
    const ns = Math.round(node.selfNs);
    if (ns > 0 || node.children.size === 0) out.write(`${path.join(';')} ${ns}\n`);
    open.push({ node, rest: node.children.values() });
  };
  enter(first);
  while (open.length > 0) {
    const next = open.at(-1)?.rest.next();
    if (next !== undefined && next.done !== true) enter(next.value);
    else {
      open.pop();
      path.pop();
    }
    yield* out.take();
  }
}
