import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QUIET_FLAGS } from '../../helpers/quiet-capture.ts';
import { CliFolder, hasScriptCommand } from './cli-process.ts';
import { holdsRecordedEvents } from './recorded-events.ts';

let folder: CliFolder;
beforeEach(() => {
  folder = new CliFolder();
});
afterEach(() => folder.remove());

const COUNTING = `
  const { VizCounter, getTracer } = require('trace-studio');
  const counter = new VizCounter(getTracer(), 'queue');
  for (let i = 0; i < 10; i++) counter.waiting = i;
`;
const file = (name: string) => path.join(folder.path, name);
const readReport = (name = 'result.json') =>
  JSON.parse(readFileSync(file(name), 'utf8')) as { traceEvents: { ph: string; name: string; args: Record<string, unknown> }[] };
const samples = (name?: string) => readReport(name).traceEvents.filter((event) => event.ph === 'C' && event.name === 'queue').length;
const whenRecorded = () => expect.poll(() => holdsRecordedEvents(folder.path), { timeout: 30_000 }).toBe(true);
/** What lies beside the report: nothing of ours may stay. */
const others = () => readdirSync(folder.path).filter((name) => name !== 'home');

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('a full disk', () => {
  test('is told while the script runs, once, and the report holds what fitted', async () => {
    folder.write('many.js', `${COUNTING} for (let i = 0; i < 400_000; i++) counter.waiting = i * 1.5;\nprocess.stdin.resume();`);
    const mount = file('small');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', mount]);
    try {
      const run = folder.start(['run', '-o', 'small/a.tsr', 'many.js']);
      await expect.poll(() => run.stderr, { timeout: 20_000 }).toContain('no room left');
      expect(run.child.exitCode).toBeNull();
      run.child.stdin?.end();
      const { code, stderr } = await run.ended;
      expect(code).toBe(0);
      expect(stderr.split('no room left')).toHaveLength(2);
      expect(readFileSync(path.join(mount, 'a.tsr')).subarray(0, 8).toString()).toBe('TSRECORD');
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });
});

test('a folder for what the studio keeps that cannot be made is told with the way out', async () => {
  folder.write('one.js', 'console.log(1)');
  folder.write('a-file', '');
  const { code, stdout, stderr } = await folder.run(['run', 'one.js'], { TRACE_STUDIO_HOME: file('a-file/home') });
  expect(stderr).toContain(`the tracer is copied to ${file('a-file/home/tracer')}, and it cannot be made or written to.`);
  expect(stderr).toContain('TRACE_STUDIO_HOME');
  expect(stdout).toBe('');
  expect(code).toBe(1);
});

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('a full disk under what the studio keeps', () => {
  test('is told with the way out, and no half copy of the tracer stays on it', async () => {
    folder.write('one.js', 'console.log(1)');
    const mount = file('small');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', mount]);
    try {
      const { code, stderr } = await folder.run(['run', 'one.js'], { TRACE_STUDIO_HOME: path.join(mount, 'home') });
      expect(stderr).toContain('there is no room left on its disk. Make room there.');
      expect(code).toBe(1);
      expect(readdirSync(path.join(mount, 'home/tracer'))).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });
});

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('a disk that is full when the report is written', () => {
  test('keeps the recording, and says where it is and what to do', async () => {
    folder.write('many.js', `${COUNTING} for (let i = 0; i < 30_000; i++) counter.waiting = i * 1.5;`);
    const mount = file('small');
    mkdirSync(mount);
    // Room for the recording, some 0.8 MB, but not for the 3 MB of JSON beside it.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2000k', 'tmpfs', mount]);
    try {
      const { code, stderr } = await folder.run(['run', '-o', 'small/a.json', 'many.js']);
      expect(code).toBe(2);
      expect(stderr).toContain('could not be written: there is no room left on the disk.');
      const [kept, ...more] = readdirSync(mount);
      expect(more).toEqual([]);
      expect(stderr).toContain(`The recording is kept in ${path.join(mount, kept as string)}.`);
      const exported = await folder.run(['export', path.join('small', kept as string), '-o', 'a.json']);
      expect(exported.code).toBe(0);
      expect(samples('a.json')).toBe(30_010);
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });
});

describe('the report', () => {
  test('is result.json, and what was written is told on stderr', async () => {
    folder.write('count.js', COUNTING);
    const { code, stdout, stderr } = await folder.run(['run', ...QUIET_FLAGS, '--', 'count.js']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^trace-studio: wrote result\.json \(10 events, [\d.]+ (bytes|kB)\)\.\n$/);
    expect(samples()).toBe(10);
    expect(others().sort()).toEqual(['count.js', 'result.json']);
  });

  test('is made of what a named program runs, too', async () => {
    folder.write('count.js', `${COUNTING} process.exit(3);`);
    const { code } = await folder.run(['run', '--quiet', '--', 'node', 'count.js']);
    expect([code, samples()]).toEqual([3, 10]);
    const missing = await folder.run(['run', '--', 'no-such-program']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('The program no-such-program was not found.');
  });

  test('takes its format from its name', async () => {
    folder.write('count.js', COUNTING);
    await folder.run(['run', '-o', 'a.json.gz', '--quiet', '--', 'count.js']);
    expect(JSON.parse(gunzipSync(readFileSync(file('a.json.gz'))).toString()).traceEvents.length).toBeGreaterThan(10);
    const quiet = await folder.run(['run', '--output=b.tsr', '-q', 'count.js']);
    expect(quiet.stderr).toBe('');
    expect(readFileSync(file('b.tsr')).subarray(0, 8).toString()).toBe('TSRECORD');
    expect(others().sort()).toEqual(['a.json.gz', 'b.tsr', 'count.js']);
  });

  test('replaces an older one', async () => {
    folder.write('count.js', COUNTING);
    folder.write('result.json', 'old');
    await folder.run(['run', 'count.js']);
    expect(samples()).toBe(10);
  });

  test.each([
    ['trace.txt', 'The kind of the report cannot be told from its name trace.txt.'],
    ['nowhere/a.json', 'The report cannot be written: there is no folder'],
    ['.', 'The kind of the report cannot be told'],
  ])('at %s is refused before anything runs', async (output, sentence) => {
    folder.write('mark.js', `require('node:fs').writeFileSync('ran', '')`);
    const { code, stderr } = await folder.run(['run', '-o', output, 'mark.js']);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(existsSync(file('ran'))).toBe(false);
  });
});

describe('the script', () => {
  test('has its own arguments, streams, folder and exit code', async () => {
    folder.write(
      'all.js',
      `process.stdin.on('data', (d) => { console.log(String(d).trim(), ...process.argv.slice(2), process.cwd()); console.error('bad'); process.exitCode = 7; })`,
    );
    const run = folder.start(['run', '-q', '--', 'all.js', '-o', 'x', '--', "it's", 'a "b"']);
    run.child.stdin?.end('typed\n');
    expect(await run.ended).toMatchObject({ code: 7, stdout: `typed -o x -- it's a "b" ${folder.path}\n`, stderr: 'bad\n' });
    expect(existsSync(file('result.json'))).toBe(true);
  });

  test('that throws ends as it would alone, and its report is written', async () => {
    folder.write('throw.js', `${COUNTING} throw new Error('on purpose')`);
    const { code, stderr } = await folder.run(['run', 'throw.js']);
    expect(code).toBe(1);
    expect(stderr).toContain('Error: on purpose');
    expect(samples()).toBe(10);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGKILL', 137],
    ['SIGABRT', 134],
  ])('that is ended by %s gives %d, and its report is written', async (signal, code) => {
    folder.write('die.js', `${COUNTING} process.stdin.once('data', () => process.kill(process.pid, '${signal}'))`);
    const run = folder.start(['run', ...QUIET_FLAGS, 'die.js']);
    await whenRecorded();
    run.child.stdin?.write('now');
    expect((await run.ended).code).toBe(code);
    expect(samples()).toBe(10);
  });

  test('that does not exist is told in a sentence, and nothing is written', async () => {
    const { code, stderr } = await folder.run(['run', 'nowhere.js']);
    expect(code).toBe(1);
    expect(stderr).toBe(`trace-studio: There is no file ${file('nowhere.js')}. Check the path.\n`);
    expect(others()).toEqual([]);
  });

  test('runs with the Node and the flags that were asked for', async () => {
    folder.write('flags.js', `console.log(process.execArgv.join(), process.execPath)`);
    const { stdout } = await folder.run(['run', '-q', '--node', process.execPath, '--node-flags', '--no-warnings --stack-trace-limit=50', 'flags.js']);
    expect(stdout).toBe(`--no-warnings,--stack-trace-limit=50 ${process.execPath}\n`);
    const bad = await folder.run(['run', '--node', '/nowhere/node', 'flags.js']);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('The Node at /nowhere/node is not there.');
  });
});

// Without a terminal the command is the only one to get the signal, and hands it on. Its own test has a terminal.
describe('Ctrl+C', () => {
  test('goes to the script, and the report is written', async () => {
    folder.write(
      'wait.js',
      `${COUNTING} process.once('SIGINT', () => { console.log('cleaned up'); process.exit(5); }); setInterval(() => {}, 1000); console.log('ready')`,
    );
    const run = folder.start(['run', 'wait.js']);
    await run.says('ready');
    run.child.kill('SIGINT');
    expect(await run.ended).toMatchObject({ code: 5, stdout: 'ready\ncleaned up\n' });
    expect(samples()).toBe(10);
  });

  test('ends a script that does not handle it with 130', async () => {
    folder.write('wait.js', `${COUNTING} setInterval(() => {}, 1000)`);
    const run = folder.start(['run', ...QUIET_FLAGS, 'wait.js']);
    await whenRecorded();
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(samples()).toBe(10);
  });

  test('twice ends everything', async () => {
    folder.write('stubborn.js', `process.on('SIGINT', () => console.log('no')); setInterval(() => {}, 1000); console.log('ready', process.pid)`);
    const run = folder.start(['run', 'stubborn.js']);
    const pid = Number(/ready (\d+)/.exec(await run.says(/ready \d+\n/))?.[1]);
    run.child.kill('SIGINT');
    await run.says('no');
    // Right after the first one it is the same one.
    const again = setInterval(() => run.child.kill('SIGINT'), 250);
    const { code } = await run.ended;
    clearInterval(again);
    expect(code).toBe(130);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(others()).toEqual(['stubborn.js']);
  });

  test('sent to the command alone is handed on', async () => {
    folder.write('wait.js', `process.on('SIGTERM', () => process.exit(6)); setInterval(() => {}, 1000); console.log('ready')`);
    const run = folder.start(['run', 'wait.js']);
    await run.says('ready');
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(6);
  });

  test('in a terminal reaches the script once', async ({ skip }) => {
    skip(!hasScriptCommand(), 'a terminal is made by the command `script`, of Linux');
    folder.write(
      'wait.js',
      `let n = 0; process.on('SIGINT', () => { n++; setTimeout(() => process.exit(40 + n), 300) }); setInterval(() => {}, 1000); console.log('ready ' + process.stdout.isTTY)`,
    );
    const run = folder.startInTerminal('run -q wait.js');
    await run.says('ready true');
    run.child.stdin?.write('\x03');
    expect((await run.ended).code).toBe(41);
  });
});
