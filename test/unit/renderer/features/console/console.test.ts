import { describe, expect, it } from 'vitest';
import { ansiSpans, paletteColor, plainText } from '../../../../../renderer/features/console/ansi.ts';
import { endWords } from '../../../../../renderer/features/console/end-words.ts';
import { errorLine } from '../../../../../renderer/features/console/error-line.ts';
import { LineSearch, type SearchState } from '../../../../../renderer/features/console/line-search.ts';
import type { ConsoleLine, TraceClient } from '../../../../../renderer/trace/trace-worker-api.ts';

const E = '\u001b[';

describe('ansiSpans', () => {
  it('leaves a plain line as one piece of text', () => {
    expect(ansiSpans('<b onclick="x()">hello</b>')).toEqual([{ text: '<b onclick="x()">hello</b>', className: '' }]);
  });

  it('names the sixteen colours by class', () => {
    expect(ansiSpans(`GET ${E}32m200${E}39m 3 ms`)).toEqual([
      { text: 'GET ', className: '' },
      { text: '200', className: 'ansi-green' },
      { text: ' 3 ms', className: '' },
    ]);
    expect(ansiSpans(`${E}1;91mbad${E}0m`)[0]).toMatchObject({ text: 'bad', className: 'ansi-bold ansi-bright-red' });
  });

  it('gives other colours as CSS colours, never as HTML', () => {
    expect(ansiSpans(`${E}38;5;208mx${E}0m`)[0]).toMatchObject({ color: paletteColor(208) });
    expect(ansiSpans(`${E}38;2;1;2;3mx${E}0m`)[0]?.color).toMatch(/^rgb\(1, ?2, ?3\)$/);
    expect(ansiSpans(`${E}31m<img src=x>${E}0m`)[0]?.text).toBe('<img src=x>');
  });

  it('drops codes that are not colours, and control characters', () => {
    expect(plainText(`a${E}2Kb\u0007c`)).toBe('abc');
    expect(plainText('tab\tstays')).toBe('tab\tstays');
  });

  it('goes on in the colours of an earlier line', () => {
    expect(ansiSpans('red', `${E}31m`)).toEqual([{ text: 'red', className: 'ansi-red' }]);
    expect(ansiSpans(`red${E}0m plain`, `${E}1m${E}31m`).map(({ text, className }) => [text, className])).toEqual([
      ['red', 'ansi-bold ansi-red'],
      [' plain', ''],
    ]);
  });

  it('shows the text of a link, and neither its address nor a title', () => {
    const link = '\u001b]8;;https://example.com/\u001b\\the docs\u001b]8;;\u001b\\';
    expect(ansiSpans(`see ${link}.`)).toEqual([{ text: 'see the docs.', className: '' }]);
    expect(ansiSpans(`\u001b]0;my title\u0007${E}2K${E}32mdone`)).toEqual([{ text: 'done', className: 'ansi-green' }]);
  });

  it('knows the corners of the table of 256', () => {
    expect([16, 231, 232, 255].map(paletteColor)).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)', 'rgb(8, 8, 8)', 'rgb(238, 238, 238)']);
  });
});

describe('endWords', () => {
  it('says how each run ended', () => {
    expect(endWords({ kind: 'exited', code: 1 }, 6.4e9)).toMatchObject({ title: 'Exit 1 after 6.40 s', why: 'It printed nothing of an error.', bad: true });
    expect(endWords({ kind: 'exited', code: 1 }, 6.4e9, 'TypeError: x').why).toBe('TypeError: x');
    expect(endWords({ kind: 'exited', code: 0 }, 6.4e9)).toMatchObject({ title: 'Exit 0 after 6.40 s', bad: false });
    expect(endWords({ kind: 'signalled', signal: 'SIGKILL' }, 1e9).title).toBe('Ended by SIGKILL after 1.00 s');
    expect(endWords({ kind: 'stopped', forced: true }, 1e9).title).toBe('Stopped by force after 1.00 s');
    expect(endWords({ kind: 'stopped', forced: false, signal: 'SIGTERM' }, 1e9)).toMatchObject({ title: 'Stopped after 1.00 s', bad: false });
    expect(endWords({ kind: 'recorder-lost' }, 1e9)).toMatchObject({ title: 'Stopped after 1.00 s, when its recorder ended', bad: true });
    expect(endWords({ kind: 'failed-to-start', message: 'node: not found' }, 0)).toEqual({ title: 'Could not start', why: 'node: not found', bad: true });
  });
});

describe('errorLine', () => {
  const stderr = (text: string): ConsoleLine[] =>
    text.split('\n').map((line, index) => ({ index, timeNs: 0, source: 'stderr', text: line, cut: false, offset: 0 }));
  const found = (text: string) => errorLine(stderr(text))?.text;

  it('is the line that Node ends by, above its stack', () => {
    const thrown = `/code/a.cjs:3\nthrow new TypeError('x');\n^\n\nTypeError: x\n    at Object.<anonymous> (/code/a.cjs:3:7)\n\nNode.js v20.20.2`;
    expect(found(thrown)).toBe('TypeError: x');
    expect(
      found(
        `node:internal/modules/cjs/loader:1146\n  throw err;\nError: Cannot find module './b'\n    at x {\n  code: 'MODULE_NOT_FOUND'\n}\n\nNode.js v22.1.0`,
      ),
    ).toBe("Error: Cannot find module './b'");
    expect(found('Error [ERR_UNSUPPORTED_DIR_IMPORT]: Directory import\n    at y')).toBe('Error [ERR_UNSUPPORTED_DIR_IMPORT]: Directory import');
    expect(found('[UnhandledPromiseRejection: This error originated] {\n}')).toBe('[UnhandledPromiseRejection: This error originated] {');
    expect(found(`${E}31mAssertionError: red${E}0m\n    at z`)).toBe(`${E}31mAssertionError: red${E}0m`);
  });

  it('is the last of several, and the last words where there is none', () => {
    expect(found('Error: first\nlater\nRangeError: second\n    at q')).toBe('RangeError: second');
    expect(found('/usr/bin/node: bad option: --no-such-flag')).toBe('/usr/bin/node: bad option: --no-such-flag');
    expect(found('giving up\n\n    at nothing\nNode.js v20.1.0')).toBe('giving up');
  });

  it('is nothing that was printed on purpose to stdout', () => {
    expect(errorLine([{ index: 0, timeNs: 0, source: 'stdout', text: 'Error: shown to the user', cut: false, offset: 0 }])).toBeUndefined();
  });
});

describe('LineSearch', () => {
  /** A worker that holds `lines`, from `first` on, and counts how often it is asked. */
  function fakeConsole(lines: string[], first = 0) {
    const asked: number[] = [];
    const request = async (_method: string, { from, count }: { from: number; count: number }) => {
      asked.push(from);
      const begin = Math.max(from, first);
      const rows: ConsoleLine[] = lines
        .slice(begin, begin + count)
        .map((text, k) => ({ index: begin + k, timeNs: 0, source: 'stdout', text, cut: false, offset: 0 }));
      return { lines: rows, total: lines.length, first };
    };
    return { asked, client: { request, on: () => () => {} } as unknown as TraceClient };
  }

  async function searched(search: LineSearch): Promise<void> {
    await search.look();
  }

  it('finds lines by their text, not by their colour codes', async () => {
    const states: SearchState[] = [];
    const { client } = fakeConsole([`a ${E}32mGREEN${E}0m line`, 'nothing', 'green too']);
    await searched(new LineSearch(client, 't', 'green', (state) => states.push(state)));
    expect(states.at(-1)?.matches.map((line) => line.index)).toEqual([0, 2]);
    const none: SearchState[] = [];
    await searched(new LineSearch(client, 't', '32m', (state) => none.push(state)));
    expect(none.at(-1)?.matches).toEqual([]);
  });

  it('goes on where it stopped when lines were added', async () => {
    const lines = Array.from({ length: 5000 }, (_, k) => `line ${k}`);
    const states: SearchState[] = [];
    const { client, asked } = fakeConsole(lines);
    const search = new LineSearch(client, 't', 'line 49', (state) => states.push(state));
    await searched(search);
    const before = states.at(-1);
    expect(before).toMatchObject({ looked: 5000, total: 5000, cut: false });
    asked.length = 0;
    lines.push('line 49 again');
    await searched(search);
    expect(asked).toEqual([5000]);
    expect(states.at(-1)?.matches).toHaveLength((before?.matches.length ?? 0) + 1);
  });

  it('keeps the newest matches of a flood and says that it let older ones go', async () => {
    const states: SearchState[] = [];
    const { client } = fakeConsole(Array.from({ length: 25_000 }, (_, k) => `match ${k}`));
    await searched(new LineSearch(client, 't', 'match', (state) => states.push(state)));
    expect(states.at(-1)).toMatchObject({ cut: true, looked: 25_000 });
    expect(states.at(-1)?.matches.at(-1)?.index).toBe(24_999);
    expect(states.at(-1)?.matches.length).toBeLessThanOrEqual(20_000);
  });

  it('ends although older lines are no longer held', async () => {
    const states: SearchState[] = [];
    const { client } = fakeConsole(
      Array.from({ length: 100 }, (_, k) => `line ${k}`),
      90,
    );
    await searched(new LineSearch(client, 't', 'line', (state) => states.push(state)));
    expect(states.at(-1)?.matches).toHaveLength(10);
  });

  it('tells nothing after its end', async () => {
    const states: SearchState[] = [];
    const { client } = fakeConsole(['a']);
    const search = new LineSearch(client, 't', 'a', (state) => states.push(state));
    const looking = search.look();
    search.end();
    await looking;
    expect(states).toEqual([]);
  });
});
