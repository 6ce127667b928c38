/**
 * The packaging configuration, as far as it can be checked without Electron and without a network: what electron-builder puts into the
 * archive and beside it, the fuses, and that the packed app starts, on the stand-in.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asar from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchStandin, runStandin } from '../standin/launch.ts';
import { makeElectronDist } from './electron-dist.ts';

const repository = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const configuration = readFileSync(path.join(repository, 'electron-builder.yml'), 'utf8');
const electronVersion = (JSON.parse(readFileSync(path.join(repository, 'node_modules/electron/package.json'), 'utf8')) as { version: string }).version;
const work = mkdtempSync(path.join(os.tmpdir(), 'packaging-'));
const unpacked = path.join(work, 'release', 'linux-unpacked');
const archive = path.join(unpacked, 'resources', 'app.asar');

beforeAll(() => {
  for (const part of ['main', 'preload', 'collector', 'tracer', 'renderer']) {
    if (!existsSync(path.join(repository, 'dist', part))) throw new Error(`dist/${part} is not there: run \`npm run build\` first`);
  }
  const electronDist = path.join(work, 'electron-dist');
  makeElectronDist(electronDist, electronVersion);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(repository, 'node_modules/electron-builder/cli.js'),
      ...['--linux', '--dir', '--publish', 'never'],
      `-c.electronDist=${electronDist}`,
      `-c.directories.output=${path.join(work, 'release')}`,
    ],
    { cwd: repository, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`electron-builder failed with exit code ${status}:\n${stdout}${stderr}`);
});

afterAll(() => {
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  console.log(
    'Packaging configuration checked. This does not show that Electron starts, that installers build, that signing works, or anything of Windows and macOS.',
  );
});

test('the archive holds what is meant to be in it and nothing else', () => {
  const files = asar.listPackage(archive, { isPack: false }).map((file) => file.replaceAll('\\', '/').slice(1));
  const folders = files.filter((file) => files.some((other) => other.startsWith(`${file}/`)));
  const leaves = files.filter((file) => !folders.includes(file));
  const allowed = [
    /^package\.json$/,
    /^dist\/third-party-licenses\.txt$/,
    /^dist\/main\/main\.cjs$/,
    /^dist\/preload\/preload\.cjs$/,
    /^dist\/collector\/(collector|export-worker)\.cjs$/,
    /^dist\/tracer\/[\w-]+\.(cjs|mjs)$/,
    /^dist\/tracer\/plugins\/\w+\.(cjs|md)$/,
    /^dist\/renderer\/index\.html$/,
    /^dist\/report\/report\.html$/,
    /^dist\/renderer\/assets\/[\w.-]+\.(js|css|woff2|svg|png)$/,
    /^examples\/(plugins\/)?[\w.-]+\.(ts|mjs|cjs|js|md|json)$/,
    /^main\/electron\/icons\/512x512\.png$/,
  ];
  expect(leaves.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
  expect(leaves).toEqual(
    expect.arrayContaining([
      'package.json',
      'dist/third-party-licenses.txt',
      'dist/main/main.cjs',
      'dist/preload/preload.cjs',
      'dist/collector/collector.cjs',
      'dist/collector/export-worker.cjs',
      'dist/tracer/preload.cjs',
      'dist/renderer/index.html',
      'dist/report/report.html',
      'main/electron/icons/512x512.png',
    ]),
  );
});

test('what plain Node reads lies beside the archive, and plain Node runs with it', () => {
  const beside = path.join(`${archive}.unpacked`);
  for (const file of [
    'dist/tracer/preload.cjs',
    'dist/tracer/api.mjs',
    'dist/collector/collector.cjs',
    'dist/collector/export-worker.cjs',
    'dist/report/report.html',
    'examples',
  ]) {
    expect(existsSync(path.join(beside, file)), file).toBe(true);
  }
  const run = spawnSync(process.execPath, ['--require', path.join(beside, 'dist/tracer/preload.cjs'), '-e', 'console.log("ran")'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect({ status: run.status, stdout: run.stdout, stderr: run.stderr }).toEqual({ status: 0, stdout: 'ran\n', stderr: '' });
});

test('the package brings no dependency and starts the built main', () => {
  const manifest = JSON.parse(asar.extractFile(archive, 'package.json').toString('utf8')) as Record<string, unknown>;
  expect(manifest).toMatchObject({ main: 'dist/main/main.cjs', productName: 'Trace Studio' });
  expect(Object.keys((manifest.dependencies as object | undefined) ?? {})).toEqual([]);
});

test('the archive is not larger than an app of this kind needs', () => {
  // Fonts and the window make most of it; a package that slipped in would be seen here.
  expect(statSync(archive).size).toBeLessThan(12 * 1024 * 1024);
});

test('the fuses are blown as the security table says', async () => {
  const wire = await getCurrentFuseWire(path.join(unpacked, 'trace-studio'));
  const isOn = (fuse: FuseV1Options) => (wire as unknown as Record<number, number>)[fuse] === '1'.charCodeAt(0);
  expect({
    runAsNode: isOn(FuseV1Options.RunAsNode),
    cookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
    nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    nodeCliInspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
    asarIntegrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyFromAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
    v8Snapshot: isOn(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
    fileProtocol: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
  }).toEqual({
    runAsNode: false,
    cookieEncryption: false,
    nodeOptions: false,
    nodeCliInspect: false,
    asarIntegrity: true,
    onlyFromAsar: true,
    v8Snapshot: false,
    fileProtocol: false,
  });
});

test('the configuration names the Electron that is installed, and files that exist', () => {
  expect(/^electronVersion: (.*)$/m.exec(configuration)?.[1]).toBe(electronVersion);
  for (const [, icon] of configuration.matchAll(/icon: (.*)$/gm)) expect(existsSync(path.join(repository, String(icon))), icon).toBe(true);
  expect(configuration).toMatch(/- ext: tsr$/m);
});

/** As Electron sees it: the archive as a folder, and beside it what was unpacked. What lies beside is not in it. */
function extractArchive(): string {
  const resources = path.join(work, 'extracted', 'resources');
  const app = path.join(resources, 'app.asar');
  if (existsSync(app)) return app;
  mkdirSync(resources, { recursive: true });
  asar.extractAll(archive, app);
  cpSync(`${archive}.unpacked`, `${app}.unpacked`, { recursive: true });
  for (const folder of ['dist/tracer', 'dist/collector', 'examples']) rmSync(path.join(app, folder), { recursive: true });
  return app;
}

test('host: standin: the packed app connects its own window and ends with 0', async () => {
  const { code, output } = await runStandin({ appFolder: extractArchive(), packaged: true, userData: path.join(work, 'smoke-user'), args: ['--smoke'] });
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('smoke test passed') });
});

test('host: standin: the packed window loads without an error and offers the unpacked examples', async () => {
  const app = await launchStandin({ appFolder: extractArchive(), packaged: true, userData: path.join(work, 'window-user') });
  try {
    const problems: string[] = [];
    app.page.on('pageerror', (error) => problems.push(error.message));
    app.page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await app.page.reload();
    expect(await app.page.evaluate(() => [isSecureContext, crossOriginIsolated])).toEqual([true, true]);
    await app.page.getByText('Job queue').first().waitFor();
    expect(problems).toEqual([]);
  } finally {
    await app.close();
  }
});
