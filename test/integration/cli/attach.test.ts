import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordedCalls } from '../../helpers/recorded-calls.ts';
import { CliFolder, type CliProcess } from './cli-process.ts';

let folder: CliFolder;
beforeEach(() => {
  folder = new CliFolder();
});
afterEach(() => folder.remove());

const file = (name: string) => path.join(folder.path, name);
const PROGRAM = `
  function spin(n = 25) { return n < 2 ? n : spin(n - 1) + spin(n - 2); }
  setInterval(() => spin(), 5);
  process.stdin.on('data', () => process.exit(0));
  console.log('works');
`;

async function program(): Promise<CliProcess> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const started = folder.startProgram(process.execPath, [folder.write('program.cjs', PROGRAM)], env);
  await started.says('works');
  return started;
}

const pidOf = ({ child }: CliProcess): string => String(child.pid);
const attached = (run: CliProcess) => expect.poll(() => run.stderr, { timeout: 30_000 }).toContain('attached to program.cjs');
/** Long enough to have been sampled. */
const isSampled = () =>
  expect
    .poll(() => readdirSync(folder.path).some((name) => /\.tsr$/.test(name) && readFileSync(file(name)).includes('(sampled)')), { timeout: 30_000 })
    .toBe(true);

test('Ctrl+C leaves the program, and the report is written', async () => {
  const target = await program();
  const run = folder.start(['attach', pidOf(target), '-o', 'a.tsr']);
  await attached(run);
  await isSampled();
  run.child.kill('SIGINT');
  const { code, stderr } = await run.ended;
  expect([code, stderr]).toEqual([0, expect.stringMatching(/wrote a\.tsr \([\d,]+ events, .*\)\.\n$/)]);
  expect(recordedCalls(readFileSync(file('a.tsr'))).some((call) => call.function.name === 'spin')).toBe(true);
  expect(target.child.exitCode).toBeNull();
});

test('a program that ends ends the recording', async () => {
  const target = await program();
  const run = folder.start(['attach', 'program', '--quiet', '-o', 'a.json']);
  await isSampled();
  target.child.stdin?.write('end\n');
  await expect(run.ended).resolves.toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(file('a.json'))).toBe(true);
  expect(readdirSync(folder.path).filter((name) => name.endsWith('.tsr'))).toEqual([]);
});

test('the command dies, and the program goes on without it', async () => {
  const target = await program();
  const run = folder.start(['attach', pidOf(target), '-o', 'a.tsr']);
  await attached(run);
  await isSampled();
  run.child.kill('SIGKILL');
  await run.ended;
  // Once it has been left it can be attached to again: until then it is recorded already.
  await expect.poll(async () => (await folder.run(['attach', pidOf(target), '--duration', '0.2', '-o', 'b.tsr'])).code, { timeout: 40_000 }).toBe(0);
  expect(target.child.exitCode).toBeNull();
});

test('what cannot be done is said before anything is done', async () => {
  const target = await program();
  await expect(folder.run(['attach', 'no-such-program-here'])).resolves.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No Node process is called no-such-program-here.'),
  });
  await expect(folder.run(['attach', pidOf(target), '-o', 'nowhere/a.tsr'])).resolves.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no folder'),
  });
  const profile = await folder.run(['attach', pidOf(target), '--cpu-profile', 'nowhere/a.cpuprofile', '--profile-seconds', '0.2']);
  expect(profile).toMatchObject({ code: 2, stderr: expect.stringMatching(/The CPU profile was not saved: the folder of .* is not there for the script\./) });
  expect(target.child.exitCode).toBeNull();
});

test('the config file of its project says what is recorded, and what is typed goes before it', async () => {
  folder.write('trace-studio.config.json', JSON.stringify({ calls: 'exact', exclude: ['program.cjs'], gc: false, samplingUs: 2000 }));
  const target = await program();
  const record = async (...options: string[]) => {
    const run = folder.start(['attach', pidOf(target), '-o', 'a.tsr', ...options]);
    await attached(run);
    await isSampled();
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(0);
    const names = recordedCalls(readFileSync(file('a.tsr'))).map((call) => call.function.name);
    rmSync(file('a.tsr'));
    return { names, said: run.stderr };
  };
  const configured = await record();
  expect(configured.said).toContain('options of trace-studio.config.json.');
  expect(configured.names).not.toContain('spin');
  expect((await record('--no-config')).names).toContain('spin');
  folder.write('trace-studio.config.json', '{ "calls": 3 }');
  const refused = await folder.run(['attach', pidOf(target), '-o', 'a.tsr']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('calls') });
});
