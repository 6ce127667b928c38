import { afterEach, beforeEach, expect, test } from 'vitest';
import { probePlugin } from '../../../../../main/services/plugins/probe.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

/** What a program in place of the probe's prints and does. */
const ask = (program: string, limitMs = 10_000) =>
  probePlugin({ node: process.execPath, program: folder.write('probe.cjs', program), file: folder.write('mine.js'), limitMs });
const says = (line: object) => ask(`console.log(${JSON.stringify(JSON.stringify(line))})`);

test('reads the line of the probe, also behind what the module prints', async () => {
  const schema = { options: [{ name: 'frequency', flags: ['-f'], type: 'number', default: 50 }] };
  const line = JSON.stringify({ version: '1.0.0', description: 'Counts.', args_schema: schema, hook: true });
  const answer = await ask(`console.log('hello'); console.log('{"not": the probe'); console.log(${JSON.stringify(line)}); console.log('bye')`);
  expect(answer).toEqual({ facts: { version: '1.0.0', description: 'Counts.', argsSchema: schema } });
});

test('a module without a hook, and one that fails, are told in words', async () => {
  expect((await says({ hook: false })).problem).toMatchObject({ code: 'plugin-no-hook', message: expect.stringContaining('mine.js') });
  expect((await says({ problem: { message: 'mine.js, line 3, fails while it is loaded: boom' } })).problem?.message).toBe(
    'mine.js, line 3, fails while it is loaded: boom',
  );
  const crashed = await ask('throw new TypeError("no such thing")');
  expect(crashed.problem).toMatchObject({ code: 'plugin-broken', message: 'mine.js could not be loaded: TypeError: no such thing' });
});

test('one that hangs is ended after the limit', async () => {
  expect((await ask('setInterval(() => {}, 1000)', 300)).problem).toMatchObject({ code: 'plugin-probe-slow' });
});

test('more output than anyone reads ends it too', async () => {
  expect((await ask('const say = () => console.log("x".repeat(100000), setImmediate(say)); say()')).problem).toBeDefined();
});

test.each([
  ['no list', { options: 7 }],
  ['an unknown type', { options: [{ name: 'x', type: 'date' }] }],
  ['a flag without a dash', { options: [{ name: 'x', type: 'string', flags: ['x'] }] }],
  ['text', 'oops'],
])('a schema that is %s is told, and the rest is kept', async (_, args_schema) => {
  const answer = await says({ version: '1.0.0', hook: true, args_schema });
  expect(answer).toMatchObject({ facts: { version: '1.0.0' }, problem: { code: 'plugin-schema' } });
  expect(answer.facts).not.toHaveProperty('argsSchema');
});

test('the module gets none of the studio’s environment', async () => {
  process.env.STUDIO_SECRET_OF_TEST = 'hush';
  const answer = await ask('console.log(JSON.stringify({ version: String(process.env.STUDIO_SECRET_OF_TEST), hook: true }))');
  delete process.env.STUDIO_SECRET_OF_TEST;
  expect(answer.facts.version).toBe('undefined');
});
