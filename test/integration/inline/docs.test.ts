/** The examples of docs/own-report.md run, by plain `node`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InlineFolder } from './run-inline.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/own-report.md'), 'utf8');
const blocks = [...page.matchAll(/```js\n\/\/ (\S+)\n(.*?)```/gs)].map((match) => ({ file: match[1] as string, code: match[2] as string }));

let folder: InlineFolder;
beforeAll(() => {
  folder = new InlineFolder();
});
afterAll(() => folder.remove());

const EXPECTED: Readonly<Record<string, (stdout: string) => void>> = {
  'one-part.mjs': () =>
    expect(folder.events('one-part.json').map(({ name, args }) => [name, args])).toEqual([
      ['queue', { waiting: 2 }],
      ['half way', undefined],
    ]),
  'run.mjs': (stdout) => {
    expect(stdout).toBe('7\n');
    expect(folder.names('run.json')).toEqual(['begin', 'load prices']);
  },
  'each-call.mjs': (stdout) => {
    expect(stdout).toBe('9\n');
    const files = folder.files('calls');
    expect(files).toEqual([expect.stringMatching(/^result_price_\d+\.json$/), expect.stringMatching(/^result_price_\d+\.json$/)]);
    expect(files.map((file) => folder.events(`calls/${file}`).map(({ args }) => args))).toEqual([[{ item: 'lamp' }], [{ item: 'chair' }]]);
  },
  'with-plugin.mjs': () => expect(folder.names('with-plugin.json')).toEqual(['news']),
};

describe('docs/own-report.md', () => {
  it('names every example that is checked here', () => expect(blocks.map(({ file }) => file).sort()).toEqual(Object.keys(EXPECTED).sort()));
  it.each(blocks)('$file leaves the report that the page tells of', ({ file, code }) => {
    const { stdout, stderr, code: exit } = folder.run(file, code);
    expect(stderr).toMatch(/^(?:Saved \d+ events? to .*\n)+$/);
    expect(exit).toBe(0);
    EXPECTED[file]?.(stdout);
  });
});
