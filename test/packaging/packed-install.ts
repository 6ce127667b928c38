/** The npm package as a user has it: packed, and installed into an empty folder without any registry. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export class PackedInstall {
  readonly folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'trace-studio-pack-')));
  readonly project = path.join(this.folder, 'empty');
  /** Paths in the package. */
  readonly files: readonly string[];
  readonly cli = path.join(this.project, 'node_modules/trace-studio/dist/cli/trace-studio.cjs');

  constructor() {
    mkdirSync(this.project);
    const pack = this.run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', this.folder], root);
    if (pack.status !== 0) throw new Error(`npm pack failed: ${pack.stderr}`);
    const answer = JSON.parse(pack.stdout);
    const [{ filename, files }] = (Array.isArray(answer) ? answer : Object.values(answer)) as [{ filename: string; files: { path: string }[] }];
    this.files = files.map((file) => file.path);
    writeFileSync(path.join(this.project, 'package.json'), '{ "name": "empty", "private": true }');
    const install = this.run('npm', ['install', '--offline', '--no-audit', '--no-fund', path.join(this.folder, path.basename(filename))]);
    if (install.status !== 0) throw new Error(`npm install failed: ${install.stderr}`);
  }

  get environment(): NodeJS.ProcessEnv {
    // The names of npm's own settings come from the test's npm; the folder is to stand for itself.
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
    return { ...environment, TRACE_STUDIO_HOME: path.join(this.folder, 'home') };
  }

  run(command: string, args: readonly string[], cwd = this.project): SpawnSyncReturns<string> {
    return spawnSync(command, args, { cwd, encoding: 'utf8', env: this.environment });
  }

  write(name: string, text: string): string {
    const file = path.join(this.project, name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
