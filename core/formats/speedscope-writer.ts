/** Writes the calls of a recording as speedscope's JSON: an evented profile for each thread, in nanoseconds since the start of the recording. */
import { counted } from '../base/counted.ts';
import { STUDIO_VERSION } from '../protocol/version.ts';
import { type CallTrack, collectCalls, laneCount, steps } from './calls-export.ts';
import { TextOutput } from './text-output.ts';
import type { ExportOptions, TraceExport } from './trace-export.ts';

export class SpeedscopeExport implements TraceExport {
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
    const out = new TextOutput();
    out.write('{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[');
    calls.frames.forEach(({ name, file, line, column }, index) => {
      const place = file === '' ? {} : { file, ...(line > 0 && { line, ...(column > 0 && { col: column }) }) };
      out.write(`${index === 0 ? '' : ','}\n${JSON.stringify({ name, ...place })}`);
    });
    out.write(']},"profiles":[');
    let profiles = 0;
    // All begin together, so that what was at one time in two threads is at one place.
    const startNs = Math.min(...tracks.map(({ slices }) => slices.starts[0] as number));
    for (const track of tracks) {
      for (let lane = 0; lane < laneCount(track.slices); lane++) {
        out.write(profiles++ === 0 ? '\n' : ',\n');
        yield* this.#profile(track, lane, startNs, out);
      }
    }
    const name = JSON.stringify(this.#options.title ?? '');
    out.write(`],"name":${name},"activeProfileIndex":0,"exporter":"trace-studio@${STUDIO_VERSION}"}\n`);
    yield* out.finish();
    const unended = calls.left > 0 ? [counted('# {call|calls} that did not end {is|are} shown up to the end of the trace.', calls.left)] : [];
    this.notes = [...calls.told, ...calls.leftOut(), ...unended];
  }

  *#profile({ name, slices }: CallTrack, lane: number, startNs: number, out: TextOutput): Generator<Uint8Array, void, undefined> {
    const called = JSON.stringify(lane === 0 ? name : `${name} (overlapping ${lane})`);
    out.write(`{"type":"evented","name":${called},"unit":"nanoseconds","startValue":${startNs},"events":[`);
    let last = startNs;
    let comma = '';
    const event = (type: 'O' | 'C', timeNs: number, row: number): void => {
      // A file has one order: a rounding error never makes it go back.
      last = Math.max(last, timeNs);
      out.write(`${comma}{"type":"${type}","frame":${slices.names[row]},"at":${last}}`);
      comma = ',';
      if (type === 'O') this.events++;
    };
    for (const _ of steps(slices, lane, { open: (timeNs, row) => event('O', timeNs, row), close: (timeNs, row) => event('C', timeNs, row) })) yield* out.take();
    out.write(`],"endValue":${last}}`);
    yield* out.take();
  }
}
