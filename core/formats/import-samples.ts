/** CPU profiles inside a trace: events `Profile` and `ProfileChunk` of V8, whose samples become calls beside the thread's own slices. */
import { text } from './event-values.ts';
import type { ImportContext } from './import-context.ts';
import { MAX_SAMPLED_DEPTH, SampledCalls } from './sampled-calls.ts';
import { type EventFields, Field } from './trace-event-fields.ts';

const MAX_PROFILES = 1000;
const MAX_NODES = 4_000_000;

interface Profile {
  readonly calls: SampledCalls;
  /** By node: its parent and function. */
  readonly nodes: Map<number, { readonly parent: number; readonly functionId: number }>;
  /** Of the last sample, in microseconds of the trace's clock. */
  micros: number;
}

/** Fields are outside data: each is looked at before it is believed. */
interface CallFrame {
  readonly functionName?: unknown;
  readonly url?: unknown;
  readonly lineNumber?: unknown;
  readonly columnNumber?: unknown;
}

const decoder = new TextDecoder();
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const finite = (value: unknown, otherwise: number): number => (typeof value === 'number' && Number.isFinite(value) ? value : otherwise);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

export class ImportSamples {
  readonly #to: ImportContext;
  readonly #profiles = new Map<string, Profile>();
  readonly #stack = new Uint32Array(MAX_SAMPLED_DEPTH);

  constructor(to: ImportContext) {
    this.#to = to;
  }

  /** False: it is no event of a profile. */
  event(fields: EventFields): boolean {
    const name = fields.end[Field.NAME] === 0 ? '' : text(fields, Field.NAME);
    if (name !== 'Profile' && name !== 'ProfileChunk') return false;
    if (!this.#to.readTime(fields)) return true;
    const data = this.#dataOf(fields);
    const profile = data && this.#profileOf(fields, data);
    if (profile === undefined) this.#to.losses.add('unreadable-samples', () => this.#to.where(fields));
    else if (name === 'ProfileChunk') this.#chunk(profile, data ?? {});
    return true;
  }

  #dataOf(fields: EventFields): Readonly<Record<string, unknown>> | undefined {
    if (fields.end[Field.ARGS] === 0) return undefined;
    try {
      // One event, at most 16 MB.
      return record(record(JSON.parse(decoder.decode(fields.bytes.subarray(fields.start[Field.ARGS], fields.end[Field.ARGS])))).data);
    } catch {
      // Told by the caller as samples that cannot be read.
      return undefined;
    }
  }

  #profileOf(fields: EventFields, data: Readonly<Record<string, unknown>>): Profile | undefined {
    const key = `${this.#to.pidOf(fields)}\n${fields.end[Field.ID] === 0 ? '' : text(fields, Field.ID)}`;
    const known = this.#profiles.get(key);
    if (known !== undefined || this.#profiles.size >= MAX_PROFILES) return known;
    const thread = this.#to.threadOf(fields);
    const besides = thread && this.#to.tracks.besides(thread, `${thread.name} (sampled)`);
    if (besides === undefined) return undefined;
    const micros = finite(data.startTime, Math.max(0, fields.tsMicros));
    const profile = { calls: new SampledCalls(this.#to.builder, besides.stream), nodes: new Map(), micros: Math.max(0, micros) };
    this.#profiles.set(key, profile);
    return profile;
  }

  #chunk(profile: Profile, data: Readonly<Record<string, unknown>>): void {
    const cpuProfile = record(data.cpuProfile);
    for (const node of listOf(cpuProfile.nodes)) this.#node(profile, record(node));
    const samples = listOf(cpuProfile.samples);
    const deltas = listOf(data.timeDeltas ?? cpuProfile.timeDeltas);
    const { clock } = this.#to;
    for (const [i, sample] of samples.entries()) {
      profile.micros = Math.max(0, profile.micros + finite(deltas[i], 0));
      this.#setClock(profile.micros);
      clock.note(0);
      profile.calls.sample(clock.high, clock.low, this.#stack, this.#fillStack(profile, finite(sample, 0)));
    }
    const endTime = finite(cpuProfile.endTime ?? data.endTime, 0);
    if (endTime > 0) this.#finishAt(profile, endTime);
  }

  #setClock(micros: number): void {
    const whole = Math.floor(micros);
    this.#to.clock.set(whole, Math.round((micros - whole) * 1000));
  }

  #node(profile: Profile, node: Readonly<Record<string, unknown>>): void {
    const id = finite(node.id, -1);
    if (id < 0 || profile.nodes.size >= MAX_NODES) return;
    const frame = record(node.callFrame) as CallFrame;
    const name = textOf(frame.functionName);
    // The root is no function. Lines and columns of V8 count from 0.
    const functionId =
      name === '(root)'
        ? 0
        : profile.calls.function({
            name,
            file: textOf(frame.url),
            line: Math.max(0, finite(frame.lineNumber, -1) + 1),
            column: Math.max(0, finite(frame.columnNumber, -1) + 1),
          });
    profile.nodes.set(id, { parent: finite(node.parent, -1), functionId });
  }

  /** Function ids of a node's path from the outermost; returns how many. */
  #fillStack(profile: Profile, sample: number): number {
    const stack = this.#stack;
    let depth = 0;
    let steps = 0;
    // A path that leads in a circle ends after as many steps as a stack may have.
    for (let node = profile.nodes.get(sample); node !== undefined && steps < stack.length; node = profile.nodes.get(node.parent)) {
      if (node.functionId !== 0) stack[depth++] = node.functionId;
      steps++;
    }
    stack.subarray(0, depth).reverse();
    return depth;
  }

  #finishAt(profile: Profile, micros: number): void {
    this.#setClock(Math.max(micros, profile.micros));
    const { clock } = this.#to;
    clock.note(0);
    profile.calls.end(clock.high, clock.low);
  }

  /** What was open in the last sample ends there: how long it lasted is not known. */
  finish(): void {
    for (const profile of this.#profiles.values()) if (profile.calls.depth > 0) this.#finishAt(profile, profile.micros);
  }
}
