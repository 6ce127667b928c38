/** The packed npm package, installed into an empty folder without any registry: what a user of `npx trace-studio` has. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PackedInstall } from './packed-install.ts';

const root = path.resolve(import.meta.dirname, '../..');
let installed: PackedInstall;
let project: string;
const run = (command: string, args: readonly string[]) => installed.run(command, args);

beforeAll(() => {
  installed = new PackedInstall();
  project = installed.project;
}, 120_000);
afterAll(() => installed.remove());

describe('the npm package', () => {
  it('holds what runs and nothing else', () => {
    expect(installed.files).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'package.json',
        'dist/cli/trace-studio.cjs',
        'dist/cli/traces.cjs',
        'dist/renderer/index.html',
        'dist/report/report.html',
        'dist/tracer/typescript.cjs',
        'examples/job-queue.mjs',
        'docs/command-line.md',
      ]),
    );
    expect(installed.files.filter((file) => /\.map$|^(core|main|renderer|preload|test)\/|standin|\.stamp$/.test(file))).toEqual([]);
  });

  it('brings the licences of what is bundled', () => {
    const text = readFileSync(path.join(project, 'node_modules/trace-studio/dist/third-party-licenses.txt'), 'utf8');
    const named = [...text.matchAll(/^((?:@[\w-]+\/)?[\w.-]+) \d+\.\d+\.\d+ \((.+)\)$/gm)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(['@fontsource-variable/inter', 'amaro', 'meriyah', 'react', 'typescript', 'ws']));
    expect(text).toContain('Apache License');
  });

  it('brings no other package along', () => {
    const lock = JSON.parse(readFileSync(path.join(project, 'node_modules/.package-lock.json'), 'utf8'));
    expect(Object.keys(lock.packages)).toEqual(['node_modules/trace-studio']);
  });

  it('answers npx trace-studio --version', () => {
    const { stdout, status } = run('npx', ['--offline', 'trace-studio', '--version']);
    expect([stdout.trim(), status]).toEqual([JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version, 0]);
  });

  it('records a script that imports the installed package', () => {
    writeFileSync(path.join(project, 'script.mjs'), "import { getTracer, VizCounter } from 'trace-studio';\nnew VizCounter(getTracer(), 'steps').count = 7;\n");
    const traced = run(path.join(project, 'node_modules/.bin/trace-studio'), ['run', '--quiet', '-o', 'report.json', '--', 'script.mjs']);
    expect([traced.stderr, traced.status]).toEqual(['', 0]);
    const { traceEvents } = JSON.parse(readFileSync(path.join(project, 'report.json'), 'utf8'));
    expect(traceEvents).toContainEqual(expect.objectContaining({ ph: 'C', name: 'steps', args: { count: 7 } }));
    const plain = run(process.execPath, ['script.mjs']);
    expect([plain.stdout, plain.stderr, plain.status]).toEqual(['', '', 0]);
  });

  it('serves the studio by npx trace-studio serve', async () => {
    const child = spawn('npx', ['--offline', 'trace-studio', 'serve', '--no-open', '--port', '0'], {
      cwd: project,
      env: installed.environment,
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        let said = '';
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          const address = /http:\/\/\S+/.exec(said)?.[0];
          if (address) resolve(address);
        });
        child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${said}`)));
      });
      const greeting = await fetch(url, { redirect: 'manual' });
      const cookie = greeting.headers.get('set-cookie')?.split(';')[0] ?? '';
      const page = await fetch(new URL('/', url), { headers: { cookie } });
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>Trace Studio</title>')]);
    } finally {
      process.kill(-(child.pid as number), 'SIGTERM');
    }
  });

  it.skipIf(process.platform !== 'linux')('opens a desktop window where Electron resolves from the project, and says so in one line', () => {
    const electron = path.join(project, 'node_modules/electron');
    mkdirSync(path.join(electron, 'dist'), { recursive: true });
    writeFileSync(path.join(electron, 'package.json'), '{"name":"electron","version":"45.0.0"}');
    writeFileSync(path.join(electron, 'path.txt'), 'electron');
    writeFileSync(path.join(electron, 'dist/electron'), '#!/bin/sh\necho "window of $1"\n', { mode: 0o755 });
    // Root has no desktop window: whoever runs the tests is somebody else here.
    const nobody = installed.write('nobody.cjs', 'process.getuid = () => 1000;');
    const opened = installed.run('env', ['DISPLAY=:0', process.execPath, '--require', nobody, installed.cli]);
    rmSync(electron, { recursive: true });
    expect([opened.stdout.trim().split('\n'), opened.stderr, opened.status]).toEqual([
      [`Desktop window, because Electron is there: ${path.join(electron, 'dist/electron')}`, `window of ${path.join(project, 'node_modules/trace-studio')}`],
      '',
      0,
    ]);
  });

  it('has types for ES modules and for CommonJS', () => {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const use = `counter.a = 2;\nconst typed = new VizCounter<{ b: number }>(getTracer(), 'typed');\ntyped.b = 1;\n`;
    writeFileSync(
      path.join(project, 'a.mts'),
      `import { getTracer, VizCounter } from 'trace-studio';\nconst counter = new VizCounter(getTracer(), 'a');\n${use}`,
    );
    writeFileSync(
      path.join(project, 'b.cts'),
      `import { getTracer, VizCounter } from 'trace-studio';\nconst counter = new VizCounter(getTracer(), 'b');\n${use}`,
    );
    const checked = run(process.execPath, [
      tsc,
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--types',
      '',
      '--lib',
      'es2023,esnext.disposable',
      'a.mts',
      'b.cts',
    ]);
    expect([checked.stdout, checked.status]).toEqual(['', 0]);
  });
});
