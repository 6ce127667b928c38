import { expect, test } from 'vitest';
import type { ConsoleLine } from '../../../../core/model/console-lines.ts';
import type { Trace } from '../../../../core/model/trace.ts';
import { TestRecording, traceOf } from '../../../helpers/build-recording.ts';

const END = 1e9;

interface Call {
  readonly at: number;
  readonly text: string;
  readonly offset?: number;
  readonly stream?: 'stdout' | 'stderr';
}

function told(recording: TestRecording, stream: number, { at, text, offset, stream: source = 'stdout' }: Call): void {
  recording.instant(stream, at, source === 'stdout' ? 'console.log' : 'console.error', {
    category: 'console',
    args: { level: 'log', text, stream: source, ...(offset !== undefined && { offset }) },
  });
}

/** When the call of each line was, and the number of the line that the call leads back to. */
async function linked(trace: Trace): Promise<(readonly [string, number | undefined, number | undefined])[]> {
  const { lines } = await trace.console(0, 1000);
  return Promise.all(
    lines.map(async (line: ConsoleLine) => {
      const call = await trace.consoleCall(line, END);
      const back = call && (await trace.consoleLineOf(call.ref));
      return [line.text, call?.startNs, back?.index] as const;
    }),
  );
}

test('a line leads to the call that printed it, and that to its first line, by bytes', async () => {
  const { recording, stream } = TestRecording.simple();
  told(recording, stream, { at: 10, text: 'tick', offset: 0 });
  told(recording, stream, { at: 20, text: 'tick', offset: 5 });
  told(recording, stream, { at: 30, text: 'two\nlines', offset: 14 });
  told(recording, stream, { at: 40, text: 'tick', offset: 0, stream: 'stderr' });
  recording.console(50, 'tick\ntick\nraw\ntwo\nlines\n');
  recording.console(60, 'tick\n', 1);
  // "raw" was written by the script itself: no call told of its four bytes.
  expect(await linked(traceOf(recording.finish()))).toEqual([
    ['tick', 10, 0],
    ['tick', 20, 1],
    ['raw', undefined, undefined],
    ['two', 30, 3],
    ['lines', 30, 3],
    ['tick', 40, 5],
  ]);
});

test('where bytes are not known, by the first line of the text and the time', async () => {
  const { recording, stream } = TestRecording.simple();
  const worker = recording.thread(0, 'worker', 1);
  told(recording, worker, { at: 1000, text: 'from the worker' });
  told(recording, worker, { at: 5000, text: 'from the worker' });
  told(recording, stream, { at: 6000, text: 'main', offset: 16 });
  recording.console(1500, '\u001b[32mfrom the worker\u001b[0m\n');
  recording.console(5500, 'from the worker\n');
  recording.console(6500, 'unheard of\n');
  const trace = traceOf(recording.finish());
  const { lines } = await trace.console(0, 10);
  expect(await Promise.all(lines.map(async (line) => (await trace.consoleCall(line, END))?.startNs))).toEqual([1000, 5000, undefined]);
  expect((await linked(trace)).map(([, , back]) => back)).toEqual([0, 1, undefined]);
});

test('arguments that are no arguments of a call of console are left alone', async () => {
  const { recording, stream } = TestRecording.simple();
  recording.instant(stream, 1, 'console.log', { category: 'console', args: { stream: 'nowhere', offset: 'x' } });
  recording.instant(stream, 2, 'console.log', { category: 'console', args: { stream: 'stdout', offset: -5, text: 7 } });
  recording.instant(stream, 3, 'console.log', { category: 'mine', args: { stream: 'stdout', offset: 0, text: 'a' } });
  recording.console(10, 'a\n');
  expect(await linked(traceOf(recording.finish()))).toEqual([['a', undefined, undefined]]);
});
