import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestRecording, traceOf } from '../../../helpers/build-recording.ts';

const encoder = new TextEncoder();

test('puts lines of both streams where they began', async () => {
  const recording = new TestRecording();
  recording.console(1, 'one\ntw');
  recording.console(2, 'failed\r\n', 1);
  recording.console(3, 'o\n\nprompt> ');
  recording.console(4, 'yes\n', 2);
  recording.console(5, 'stopped\n', 3);
  const { lines, total, first } = await traceOf(recording.finish()).console(0, 10);
  expect({ total, first }).toEqual({ total: 7, first: 0 });
  expect(lines.map(({ index, timeNs, source, text, cut }) => `${index} ${timeNs} ${source} ${text}${cut ? ' cut' : ''}`)).toEqual([
    '0 1 stdout one',
    '1 1 stdout two',
    '2 2 stderr failed',
    '3 3 stdout ',
    '4 3 stdout prompt> ',
    '5 4 stdin yes',
    '6 5 studio stopped',
  ]);
});

test('any page is that part of what a plain reader makes of it', async () => {
  const chunk = fc.record({
    source: fc.constantFrom<0 | 1>(0, 1),
    text: fc.stringMatching(/^[ab\n\r🧵]{0,12}$/u),
    repeat: fc.constantFrom(1, 1, 1, 90),
    seal: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 60 }), fc.integer({ min: -1, max: 900 }), fc.integer({ min: 0, max: 600 }), async (chunks, from, count) => {
      const recording = new TestRecording();
      const expected: { timeNs: number; source: string; offset: number; text: string }[] = [];
      const open: ((typeof expected)[number] | undefined)[] = [];
      const written = [0, 0];
      for (const [i, { source, text, repeat, seal }] of chunks.entries()) {
        const whole = text.repeat(repeat);
        recording.console(i, whole, source);
        if (seal) recording.seal();
        const parts = whole.split('\n');
        let offset = written[source] as number;
        written[source] = offset + encoder.encode(whole).length;
        for (const [p, part] of parts.entries()) {
          const last = p === parts.length - 1;
          if (last && part === '') break;
          const line = open[source] ?? { timeNs: i, source: source === 0 ? 'stdout' : 'stderr', offset, text: '' };
          if (!open[source]) expected.push(line);
          line.text += part;
          offset += encoder.encode(part).length + 1;
          open[source] = last ? line : undefined;
          if (!last) line.text = line.text.replace(/\r+$/, '');
        }
      }
      // What was written over is gone.
      for (const line of expected) line.text = line.text.replace(/\r+$/, '').replace(/^.*\r/s, '');
      const trace = traceOf(recording.finish());
      const page = await trace.console(from, count);
      const first = from < 0 ? Math.max(0, expected.length - count) : from;
      expect(page.total).toBe(expected.length);
      expect(page.lines).toEqual(expected.map((line, index) => ({ ...line, index, cut: false })).slice(first, first + count));
    }),
    { numRuns: 100 },
  );
});

test('keeps a character whole that two chunks share', async () => {
  const recording = new TestRecording();
  const bytes = encoder.encode('a🧵b\n');
  recording.console(1, bytes.subarray(0, 3));
  recording.console(2, bytes.subarray(3));
  expect((await traceOf(recording.finish()).console(0, 10)).lines.map(({ text }) => text)).toEqual(['a🧵b']);
});

test('cuts a line of 3 MB, and finds the one behind it', async () => {
  const recording = new TestRecording();
  recording.console(1, `first\n${'🧵'.repeat(750_000)}\nlast\n`);
  const trace = traceOf(recording.finish());
  const { lines, total } = await trace.console(0, 10);
  expect(total).toBe(3);
  expect(lines.map(({ text, cut }) => [text.slice(0, 5), cut])).toEqual([
    ['first', false],
    ['🧵🧵🧵'.slice(0, 5), true],
    ['last', false],
  ]);
  expect(encoder.encode(lines[1]?.text).length).toBeLessThanOrEqual(10_000);
  expect(lines[1]?.text.endsWith('🧵')).toBe(true);
  expect((await trace.console(-1, 1)).lines[0]?.text).toBe('last');
});

test('does not look without end for the end of an interrupted line', async () => {
  const recording = new TestRecording();
  recording.console(1, 'waiting');
  for (let i = 0; i < 200; i++) recording.console(2 + i, `${'x'.repeat(99_999)}\n`, 1);
  recording.console(500, ' done\n');
  const trace = traceOf(recording.finish());
  expect((await trace.console(0, 1)).lines).toMatchObject([{ text: 'waiting' }]);
  expect((await trace.console(-1, 1)).lines[0]?.text.length).toBe(10_000);
});

test('finds any line of 200,000', async () => {
  const recording = new TestRecording();
  for (let block = 0; block < 200; block++)
    recording.console(block, Array.from({ length: 1000 }, (_, i) => `line ${block * 1000 + i}\n`).join(''), block % 7 === 0 ? 1 : 0);
  const trace = traceOf(recording.finish());
  expect(trace.totals().consoleChunks).toBe(200);
  for (const from of [0, 1, 255, 256, 99_999, 199_990]) {
    const { lines, total } = await trace.console(from, 300);
    expect(total).toBe(200_000);
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: Math.min(300, 200_000 - from) }, (_, i) => `line ${from + i}`));
  }
});

const E = '\u001b[';

test('colours last over the ends of lines, for each source by itself, until they are ended', async () => {
  const recording = new TestRecording();
  recording.console(1, `${E}31mred\nstill ${E}1mred\n`);
  recording.console(2, 'plain error\n', 1);
  recording.console(3, `bold${E}3`);
  recording.console(4, `9m only\n${E}0mplain\nplain\n`);
  const { lines } = await traceOf(recording.finish()).console(0, 10);
  expect(lines.map(({ text, style }) => [text, style])).toEqual([
    [`${E}31mred`, undefined],
    [`still ${E}1mred`, `${E}31m`],
    ['plain error', undefined],
    [`bold${E}39m only`, `${E}1m${E}31m`],
    [`${E}0mplain`, `${E}1m`],
    ['plain', undefined],
  ]);
});

test('a progress bar shows its last state, in the colour of that, however long it took', async () => {
  const recording = new TestRecording();
  for (let percent = 0; percent <= 100; percent++) recording.console(percent, `${percent === 50 ? `${E}32m` : ''}${'#'.repeat(200)} ${percent} %\r`);
  recording.console(101, '\n\rafter\r\n');
  const { lines } = await traceOf(recording.finish()).console(0, 10);
  expect(lines.map(({ text, style, cut }) => [text.slice(-7), style, cut])).toEqual([
    ['# 100 %', `${E}32m`, false],
    ['after', `${E}32m`, false],
  ]);
});

test('a line far behind knows the colour that was switched on at the beginning', async () => {
  const recording = new TestRecording();
  recording.console(1, `${E}38;5;208m`);
  for (let block = 0; block < 20; block++) recording.console(2 + block, Array.from({ length: 100 }, (_, i) => `line ${block * 100 + i}\n`).join(''));
  const trace = traceOf(recording.finish());
  expect((await trace.console(1500, 1)).lines).toMatchObject([{ text: 'line 1500', style: `${E}38;5;208m` }]);
});
