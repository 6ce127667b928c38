/**
 * Reads collapsed stacks (`main;work;inner 12`, as `stackcollapse` scripts, 0x, py-spy and async-profiler write them) as a stream. Lines become one
 * stack behind the other, as long as their number tells: one nanosecond for each. Equal beginnings of lines that follow each other are one call.
 */
import { counted } from '../base/counted.ts';
import { ProblemError } from '../base/result.ts';
import { joined } from './joined.ts';
import { ProfileRecording, type ReadOptions } from './profile-recording.ts';
import { MAX_SAMPLED_DEPTH } from './sampled-calls.ts';

const MAX_LINE_BYTES = 4 * 1024 * 1024;
const NEW_LINE = 0x0a;
const LINE = /^(.*\S)\s+(\d+(?:\.\d+)?)$/;
const decoder = new TextDecoder();

/** Whether the beginning of a file is a list of collapsed stacks: nearly all lines end in a number, and some have several frames. */
export function looksCollapsed(first: string, isAll: boolean): boolean {
  const lines = first.split(/\r?\n/);
  // The last one may be cut.
  const whole = (isAll || lines.length === 1 ? lines : lines.slice(0, -1)).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stacks = whole.filter((line) => LINE.test(line));
  return stacks.length >= whole.length * 0.8 && stacks.some((line) => line.includes(';'));
}

export async function* readCollapsed(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const recording = new ProfileRecording(options, 0n);
  const process = recording.builder.process({ pid: 1, name: options.title || 'collapsed stacks' });
  const calls = recording.calls(process, 0, 'stacks (1 ns is 1 count, sampled)');
  const ids = new Map<string, number>();
  const stack = new Uint32Array(MAX_SAMPLED_DEPTH);
  let atNs = 0;
  let stacks = 0;
  let odd = 0;
  let example = '';
  for await (const { text, offset } of lines(source)) {
    if (text.trim() === '' || text.startsWith('#')) continue;
    const [, frames, count] = LINE.exec(text) ?? [];
    if (frames === undefined) {
      if (odd === 0) example = `line at byte ${offset}: ${text.slice(0, 100)}`;
      odd++;
      continue;
    }
    let depth = 0;
    for (const frame of frames.split(';', MAX_SAMPLED_DEPTH)) {
      let id = ids.get(frame);
      if (id === undefined) {
        id = calls.function({ name: frame, file: '', line: 0, column: 0 });
        ids.set(frame, id);
      }
      if (id !== 0) stack[depth++] = id;
    }
    recording.at(atNs);
    calls.sample(recording.high, recording.low, stack, depth);
    atNs += Number(count);
    stacks++;
    yield* recording.take();
  }
  if (stacks === 0) {
    const message = 'This is not a trace: no line of it is a stack with a number behind it.';
    throw new ProblemError({ code: 'not-a-trace', message, remedy: 'Lines of collapsed stacks look like “main;work;inner 12”.' });
  }
  recording.at(atNs);
  calls.end(recording.high, recording.low);
  recording.lost(
    'unreadable-line',
    odd,
    counted('# {line is no stack with a number behind it, and was|lines are no stacks with a number behind them, and were} left out.', odd),
    example,
  );
  yield* recording.finish('collapsed stacks', { unit: 'counts' });
}

/** Lines with the byte that each begins at; a longer one than any should be is cut. */
async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ readonly text: string; readonly offset: number }, void, undefined> {
  let held = new Uint8Array(0);
  let base = 0;
  for await (const chunk of source) {
    const bytes = held.length === 0 ? chunk : joined(held, chunk);
    let from = 0;
    for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, from)) {
      yield { text: lineText(bytes, from, at), offset: base + from };
      from = at + 1;
    }
    base += from;
    held = bytes.slice(from, from + MAX_LINE_BYTES);
  }
  if (held.length > 0) yield { text: lineText(held, 0, held.length), offset: base };
}

function lineText(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, Math.min(to, from + MAX_LINE_BYTES))).trimEnd();
}
