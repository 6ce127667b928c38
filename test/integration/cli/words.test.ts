import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, enter, loadPage } from '../web/web-client.ts';
import { CliFolder, hasScriptCommand } from './cli-process.ts';

let folder: CliFolder;
beforeEach(() => {
  folder = new CliFolder();
});
afterEach(() => folder.remove());

test('tells its version, which is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8')) as { version: string };
  expect(await folder.run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
});

test('helps on stdout, a mistake is told on stderr', async () => {
  for (const words of [['--help'], ['-h'], ['help'], ['run', '--help'], ['help', 'serve'], ['export', '-h']]) {
    const { code, stdout, stderr } = await folder.run(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('trace-studio');
  }
  expect(await folder.run(['rnu'])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Did you mean trace-studio run?') });
  expect(await folder.run(['gone.tsr'])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no file') });
});

describe('serve', () => {
  test('prints a link that opens the window, and ends in good order', async () => {
    const serving = folder.start(['serve', '--no-open']);
    const said = await serving.says(/Trace Studio: http:\S+\n/);
    const { port, cookie } = await enter(/http:\S+/.exec(said)?.[0] ?? '');
    expect((await ask(port, { path: '/' })).status).toBe(403);
    expect((await loadPage(port, cookie)).page.status).toBe(200);
    serving.child.kill('SIGTERM');
    expect((await serving.ended).code).toBe(0);
  });

  test('in a terminal gives a fresh link by Enter', async ({ skip }) => {
    skip(!hasScriptCommand(), 'a terminal is made by the command `script`, of Linux');
    const serving = folder.startInTerminal('serve --no-open');
    await serving.says('Press Enter for a fresh link');
    serving.child.stdin?.write('\r');
    const said = await serving.says(/(Trace Studio: http:[\s\S]+){2}\n/);
    const links = said.match(/http:\S+/g) ?? [];
    expect(new Set(links).size).toBe(2);
    for (const link of links) await enter(link);
    serving.child.stdin?.write('\x03');
    expect((await serving.ended).code).toBe(0);
  });

  test('without a terminal gives a fresh link by a signal', async () => {
    const serving = folder.start(['serve', '--no-open']);
    await serving.says(/Trace Studio: http:\S+\n/);
    serving.child.kill('SIGUSR2');
    const links = (await serving.says(/(Trace Studio: http:[\s\S]+){2}\n/)).match(/http:\S+/g) ?? [];
    for (const link of links) await enter(link);
    expect(new Set(links).size).toBe(2);
  });

  test('says what is wrong with a port, a root or a host', async () => {
    const serving = folder.start(['serve', '--no-open']);
    const port = /127\.0\.0\.1:(\d+)/.exec(await serving.says(/Trace Studio: http:\S+\n/))?.[1] ?? '';
    expect(await folder.run(['serve', '--no-open', '--port', port])).toMatchObject({ code: 1, stderr: expect.stringContaining(`Port ${port} is taken`) });
    expect(await folder.run(['serve', '--no-open', '--root', 'nowhere'])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no folder') });
    expect(await folder.run(['serve', '--host', '0.0.0.0'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-host') });
  });

  test('on another address warns, and answers by the names that were allowed', async () => {
    const serving = folder.start(['serve', '--no-open', '--host', '0.0.0.0', '--allow-host', 'studio.example']);
    const said = await serving.says(/Trace Studio: http:\S+\n/);
    expect(said).toContain('Warning: listening on 0.0.0.0.');
    const { port, cookie } = await enter(/http:\S+/.exec(said)?.[0] ?? '');
    expect((await ask(port, { path: '/', headers: { cookie, host: 'studio.example' } })).status).toBe(200);
    expect((await ask(port, { path: '/', headers: { cookie, host: 'other.example' } })).status).toBe(421);
  });
});

test('without a display the studio opens on the web, and says why in one line', async () => {
  const studio = folder.start([]);
  const said = await studio.says(/Trace Studio: http:\S+\n/);
  expect(said).toMatch(/^No desktop window \(there is no display\): the studio runs in the browser\.\n/);
  studio.child.kill('SIGINT');
  expect((await studio.ended).code).toBe(0);
});

test('a report goes through a symbolic link to the file that it names', async () => {
  folder.write('count.js', `const { VizCounter, getTracer } = require('trace-studio'); new VizCounter(getTracer(), 'q').a = 1;`);
  const inside = (name: string) => path.join(folder.path, name);
  mkdirSync(inside('elsewhere'));
  for (const name of ['r.tsr', 'r.json', 'e.json']) {
    folder.write(`elsewhere/${name}`, 'old');
    symlinkSync(inside(`elsewhere/${name}`), inside(name));
  }
  expect((await folder.run(['run', '-q', '-o', 'r.json', 'count.js'])).code).toBe(0);
  expect((await folder.run(['run', '-q', '-o', 'r.tsr', 'count.js'])).code).toBe(0);
  expect((await folder.run(['export', '-f', 'r.tsr', '-o', 'e.json'])).code).toBe(0);
  for (const name of ['r.tsr', 'r.json', 'e.json']) {
    expect(lstatSync(inside(name)).isSymbolicLink()).toBe(true);
    expect(readFileSync(inside(`elsewhere/${name}`), 'utf8')).not.toBe('old');
  }
  expect(readdirSync(inside('elsewhere')).sort()).toEqual(['e.json', 'r.json', 'r.tsr']);
  const onto = await folder.run(['export', '-f', 'r.tsr', '-o', 'elsewhere/r.tsr']);
  expect(onto).toMatchObject({ code: 1, stderr: expect.stringContaining('is the recording itself') });
});

test('export writes another format, and never over a file unless told to', async () => {
  folder.write('count.js', `const { VizCounter, getTracer } = require('trace-studio'); new VizCounter(getTracer(), 'q').a = 1;`);
  await folder.run(['run', '-q', '-o', 'a.tsr', 'count.js']);
  expect((await folder.run(['export', 'a.tsr'])).code).toBe(0);
  const exported = path.join(folder.path, 'a.json');
  expect(JSON.parse(readFileSync(exported, 'utf8')).traceEvents).toContainEqual(expect.objectContaining({ ph: 'C', name: 'q', args: { a: 1 } }));
  expect(await folder.run(['export', 'a.tsr'])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is already a file') });
  expect((await folder.run(['export', '-f', 'a.tsr'])).code).toBe(0);
  folder.write('notes.json', 'hello');
  expect(await folder.run(['export', 'notes.json', '-o', 'b.json'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^trace-studio: .+\n$/) });
});
