/** What `run` records, how long and how much of it: options, limits, moments, and what is kept of a long run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TargetEnvironment } from '../../../core/protocol/target-wire.ts';
import { decodeRecording } from '../../helpers/decoded-recording.ts';
import { CliFolder, type CliProcess } from './cli-process.ts';

let folder: CliFolder;
beforeEach(() => {
  folder = new CliFolder();
});
afterEach(() => folder.remove());

const NO_SIGNALS = process.platform === 'win32';
/** Nothing but what the script says itself. */
const QUIET = '--calls off --no-async --no-gc --no-event-loop --no-console --no-marks --no-warnings --no-modules'.split(' ');
const recording = (name = 'r.tsr') => decodeRecording(readFileSync(path.join(folder.path, name)));
const names = (name?: string) => recording(name).events.flatMap((event) => (event.kind === 'instant' ? [event.name] : []));
const hears = async (run: CliProcess, text: string | RegExp) => {
  while (!(typeof text === 'string' ? run.stderr.includes(text) : text.test(run.stderr))) {
    if (run.child.exitCode !== null) throw new Error(`it ended without saying ${text}: ${run.stderr}`);
    await new Promise((resolve) => run.child.stderr?.once('data', resolve));
  }
};

test('every option reaches the target, as it was written', async () => {
  // Beside the tracer, which takes its options out of the environment, a second preload can see them.
  folder.write('look.cjs', `require('node:fs').writeFileSync('options.json', process.env.${TargetEnvironment.OPTIONS} ?? '')`);
  folder.write('empty.cjs', '');
  const options = '--calls sampling --sampling-interval 0.5ms --include src,lib --log-args --no-mask --live --max-depth 7 --ring-mb 2 --start-paused';
  // NODE_OPTIONS of the user come behind ours, so this one is read by a program that the tracer is not in.
  const run = await folder.run(['run', '-o', 'r.tsr', ...options.split(' '), '--', 'env']);
  expect(run.code).toBe(0);
  const line = run.stdout.split('\n').find((each) => each.startsWith(`${TargetEnvironment.OPTIONS}=`)) ?? '';
  expect(JSON.parse(line.slice(TargetEnvironment.OPTIONS.length + 1))).toMatchObject({
    whenFull: 'live',
    maskSecrets: false,
    ringBytes: 2 * 1024 * 1024,
    paused: true,
    capture: { calls: 'sampling', samplingUs: 500, include: ['src', 'lib'], logArguments: true, maskSecrets: false, whenFull: 'live', maxDepth: 7, gc: true },
  });
});

test('an option that means nothing beside the others is told', async () => {
  folder.write('empty.cjs', '');
  const run = await folder.run(['run', '-o', 'r.tsr', '--keep-seconds', '5', '--', 'empty.cjs']);
  expect(run.stderr).toContain('trace-studio: --keep-seconds has no effect without --keep last.');
});

test('recording ends at a limit, which is told, and the script goes on', async () => {
  folder.write(
    'slow.cjs',
    `const tracer = require('trace-studio').getTracer(); tracer.instant('early');
     const until = () => (tracer.recorder.recording ? setTimeout(until, 5) : (tracer.instant('late'), console.log('went on')));
     until();`,
  );
  const run = await folder.run(['run', '-o', 'r.tsr', ...QUIET, '--stop-after', '300ms', '--', 'slow.cjs']);
  expect(run).toMatchObject({ code: 0, stdout: 'went on\n' });
  expect(run.stderr).toContain('trace-studio: recording ended: it has gone on for 0.3 s, as the launch wants it. The script goes on.');
  expect(names()).toEqual(['early']);
});

test('a signal marks a moment', async ({ skip }) => {
  skip(NO_SIGNALS, 'Windows has no signals');
  folder.write('waits.cjs', `require('trace-studio').getTracer().instant('begin'); console.log('up'); process.stdin.resume();`);
  const run = folder.start(['run', '-o', 'r.tsr', ...QUIET, '--', 'waits.cjs']);
  await run.says('up');
  // Until the tracer has connected there is nothing to be marked, which is said.
  while (!run.stderr.includes('Marker 1')) {
    run.child.kill('SIGUSR2');
    await new Promise((resolve) => run.child.stderr?.once('data', resolve));
  }
  run.child.stdin?.end();
  expect((await run.ended).code).toBe(0);
  expect(recording().events.filter(({ category }) => category === 'marker')).toMatchObject([{ name: 'Marker 1' }]);
});

describe('a flight recorder', () => {
  const FLIES = `
    const tracer = require('trace-studio').getTracer();
    const steps = { burst: (n) => { for (let i = 0; i < n; i++) tracer.instant('burst', { text: 'x'.repeat(1000) }); }, instant: (name) => tracer.instant(name), crash: () => { throw new Error('as told'); } };
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const [name, word] = line.split(' ');
      steps[name](word);
      console.log('did ' + line);
    });
    console.log('up');`;
  const parts = (): string =>
    readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:part|head)$/.test(name))
      .map((name) => readFileSync(path.join(folder.path, name), 'latin1'))
      .join('');
  const start = async (output: string) => {
    folder.write('flies.cjs', FLIES);
    const run = folder.start(['run', '-o', output, ...QUIET, '--keep', 'last', '--keep-seconds', '0', '--keep-mb', '2', '--', 'flies.cjs']);
    await run.says('up');
    const step = async (line: string) => {
      run.child.stdin?.write(`${line}\n`);
      await run.says(`did ${line}`);
      // A name that has been recorded is in the parts, or in what is left of one that is gone: from then on a save has it.
      const name = /^instant (.*)/.exec(line)?.[1];
      if (name !== undefined) await expect.poll(() => parts().includes(name), { timeout: 20_000 }).toBe(true);
    };
    return { run, step };
  };

  test.skipIf(NO_SIGNALS)('is saved by a signal as often as one likes, and at the end', async () => {
    const { run, step } = await start('r.tsr');
    await hears(run, `keeps the newest 2 MB; kill -USR2 ${run.child.pid} saves them.`);
    await step('instant first');
    run.child.kill('SIGUSR2');
    await hears(run, 'saved as asked: wrote r.1.tsr.');
    await step('burst 15000');
    await step('instant second');
    run.child.kill('SIGUSR2');
    await hears(run, 'saved as asked: wrote r.2.tsr.');
    run.child.stdin?.end();
    const { code, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/wrote r\.tsr \(the newest, [\d.]+ MB\)\./);
    expect(names('r.1.tsr')).toEqual(['first']);
    expect(names('r.2.tsr')).toContain('second');
    expect(names()).not.toContain('first');
    expect(names().at(-1)).toBe('second');
    expect(readdirSync(folder.path).sort()).toEqual(['flies.cjs', 'home', 'r.1.tsr', 'r.2.tsr', 'r.tsr']);
  });

  test.skipIf(NO_SIGNALS)('makes reports of the format that was asked for, and never over one that is there', async () => {
    folder.write('r.1.json', 'mine');
    const { run, step } = await start('r.json');
    await step('instant first');
    run.child.kill('SIGUSR2');
    await hears(run, 'saved as asked: wrote r.2.json.');
    run.child.stdin?.end();
    await run.ended;
    expect(readFileSync(path.join(folder.path, 'r.1.json'), 'utf8')).toBe('mine');
    for (const name of ['r.2.json', 'r.json']) expect(readFileSync(path.join(folder.path, name), 'utf8')).toContain('"first"');
    expect(readdirSync(folder.path).sort()).toEqual(['flies.cjs', 'home', 'r.1.json', 'r.2.json', 'r.json']);
  });

  test('has what came before a crash', async () => {
    const { run, step } = await start('r.tsr');
    await step('burst 10000');
    await step('instant ultimate');
    run.child.stdin?.write('crash\n');
    const { code, stderr } = await run.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('Error: as told');
    expect(names().at(-1)).toBe('ultimate');
  });

  test.skipIf(NO_SIGNALS)('whose command is killed leaves parts, of which export makes a report', async () => {
    const { run, step } = await start('r.json');
    await step('instant ultimate');
    const parts = () => readdirSync(folder.path).filter((name) => name.endsWith('.parts'));
    // What is less than 50 ms old may go with the command.
    await vi.waitFor(() => {
      const kept = parts().flatMap((name) =>
        readdirSync(path.join(folder.path, name)).map((part) => readFileSync(path.join(folder.path, name, part), 'latin1')),
      );
      expect(kept.join('')).toContain('ultimate');
    }, 30_000);
    run.child.kill('SIGKILL');
    await run.ended;
    const [left = ''] = readdirSync(folder.path).filter((name) => /^r\.json\.\w+\.tsr$/.test(name));
    expect(parts()).toEqual([`${left}.parts`]);
    const exported = await folder.run(['export', left, '-o', 'again.json']);
    expect(exported.code).toBe(0);
    expect(readFileSync(path.join(folder.path, 'again.json'), 'utf8')).toContain('"ultimate"');
    expect(existsSync(path.join(folder.path, `${left}.parts`))).toBe(false);
  });
});
