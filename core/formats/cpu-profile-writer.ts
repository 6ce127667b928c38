/**
 * Writes the calls of one thread as a V8 CPU profile, which DevTools and VS Code open: a sample wherever the innermost call changes. The format has one
 * thread and microseconds.
 */
import { counted } from '../base/counted.ts';
import { type CallTrack, type CollectedCalls, collectCalls, steps } from './calls-export.ts';
import { NumberList } from './number-list.ts';
import type { SampledFrame } from './sampled-calls.ts';
import { TextOutput } from './text-output.ts';
import type { ExportOptions, TraceExport } from './trace-export.ts';

export interface CpuProfileOptions extends ExportOptions {
  /** Name or number of the thread; by default the one with most calls. */
  readonly thread?: string;
}

interface ProfileNode {
  readonly id: number;
  readonly frame: SampledFrame;
  readonly children: Map<number, ProfileNode>;
  hits: number;
}

const ROOT: SampledFrame = { name: '(root)', file: '', line: 0, column: 0 };

export class CpuProfileExport implements TraceExport {
  readonly #recording: AsyncIterable<Uint8Array>;
  readonly #options: CpuProfileOptions;
  events = 0;
  notes: readonly string[] = [];

  constructor(recording: AsyncIterable<Uint8Array>, options: CpuProfileOptions = {}) {
    this.#recording = recording;
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const { calls, tracks } = await collectCalls(this.#recording, this.#options);
    const chosen = this.#choose(tracks);
    const startMicros = Number(BigInt(calls.head?.startMonotonicNs ?? 0) / 1000n);
    const profile = new SampledProfile(calls.frames);
    if (chosen !== undefined) {
      profile.add(chosen);
      this.events = chosen.slices.count;
    }
    yield* profile.write(startMicros);
    this.notes = [...calls.told, ...this.#notesOf(calls, tracks, chosen, profile)];
  }

  #choose(tracks: readonly CallTrack[]): CallTrack | undefined {
    const { thread } = this.#options;
    const wanted = tracks.filter(({ of, name }) => thread === undefined || thread === name || thread === of.stream.name || thread === String(of.stream.thread));
    return wanted.reduce<CallTrack | undefined>((most, one) => (most === undefined || one.slices.count > most.slices.count ? one : most), undefined);
  }

  #notesOf(calls: CollectedCalls, tracks: readonly CallTrack[], chosen: CallTrack | undefined, profile: SampledProfile): string[] {
    const notes = ['Times are in microseconds: what is shorter may be missing or too long.'];
    const others = tracks.filter((track) => track !== chosen).map(({ name }) => `“${name}”`);
    if (chosen !== undefined && others.length > 0) notes.push(`The format has one thread: “${chosen.name}” is written, ${others.join(', ')} left out.`);
    if (profile.overlapping > 0)
      notes.push(
        counted(
          '# {slice overlaps others without nesting in them, and was|slices overlap others without nesting in them, and were} left out.',
          profile.overlapping,
        ),
      );
    return [...notes, ...calls.leftOut()];
  }
}

/** The tree of calls, and which of its nodes is innermost from when on. */
class SampledProfile {
  overlapping = 0;
  readonly #frames: readonly SampledFrame[];
  readonly #nodes: ProfileNode[] = [];
  readonly #samples = new NumberList();
  /** Microseconds since the start of the recording. */
  readonly #times = new NumberList();
  readonly #root = this.#node(ROOT);
  #lastNs = Number.NEGATIVE_INFINITY;

  constructor(frames: readonly SampledFrame[]) {
    this.#frames = frames;
  }

  #node(frame: SampledFrame): ProfileNode {
    const node = { id: this.#nodes.length + 1, frame, children: new Map(), hits: 0 };
    this.#nodes.push(node);
    return node;
  }

  add({ slices }: CallTrack): void {
    this.overlapping = slices.overlapping;
    const open = [this.#root];
    const to = {
      open: (timeNs: number, row: number): void => {
        const name = slices.names[row] as number;
        const { children } = open.at(-1) as ProfileNode;
        const node = children.get(name) ?? this.#node(this.#frames[name] as SampledFrame);
        children.set(name, node);
        open.push(node);
        this.#sample(timeNs, node);
      },
      close: (timeNs: number): void => {
        open.pop();
        this.#sample(timeNs, open.at(-1) as ProfileNode);
      },
    };
    for (const _ of steps(slices, 0, to)) {
      // All of it goes to the samples.
    }
  }

  #sample(timeNs: number, node: ProfileNode): void {
    // What lasted no time at all was not the innermost call.
    if (timeNs <= this.#lastNs && this.#samples.length > 0) {
      this.#samples.set(this.#samples.length - 1, node.id);
      return;
    }
    this.#lastNs = timeNs;
    this.#samples.push(node.id);
    this.#times.push(Math.round(timeNs / 1000));
  }

  *write(startMicros: number): Generator<Uint8Array, void, undefined> {
    const out = new TextOutput();
    for (let i = 0; i < this.#samples.length; i++) (this.#nodes[this.#samples.at(i) - 1] as ProfileNode).hits++;
    out.write('{"nodes":[');
    for (const [index, { id, frame, hits, children }] of this.#nodes.entries()) {
      const callFrame = { functionName: frame.name, scriptId: '0', url: frame.file, lineNumber: frame.line - 1, columnNumber: frame.column - 1 };
      const ids = children.size === 0 ? {} : { children: Array.from(children.values(), (child) => child.id) };
      out.write(`${index === 0 ? '' : ','}\n${JSON.stringify({ id, callFrame, hitCount: hits, ...ids })}`);
      yield* out.take();
    }
    const first = this.#times.length === 0 ? 0 : this.#times.at(0);
    const last = this.#times.length === 0 ? 0 : this.#times.at(this.#times.length - 1);
    out.write(`],"startTime":${startMicros + first},"endTime":${startMicros + last},\n"samples":[`);
    for (let i = 0; i < this.#samples.length; i++) {
      out.write(`${i === 0 ? '' : ','}${this.#samples.at(i)}`);
      if (i % 10_000 === 0) yield* out.take();
    }
    out.write('],\n"timeDeltas":[');
    for (let i = 0; i < this.#times.length; i++) {
      out.write(i === 0 ? '0' : `,${this.#times.at(i) - this.#times.at(i - 1)}`);
      if (i % 10_000 === 0) yield* out.take();
    }
    out.write(']}\n');
    yield* out.finish();
  }
}
