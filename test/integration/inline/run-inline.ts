/** Scripts that plain `node` runs, in a folder of their own, with the package installed as npm would. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = path.resolve(import.meta.dirname, '../../..');

export interface InlineRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

export interface ReportEvent {
  readonly ph: string;
  readonly name: string;
  readonly ts: number;
  readonly dur?: number;
  readonly s?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}
export interface Report {
  readonly traceEvents: readonly ReportEvent[];
  readonly viztracer_metadata: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export class InlineFolder {
  readonly path = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-inline-'));

  constructor() {
    const home = path.join(this.path, 'node_modules/trace-studio');
    mkdirSync(path.join(home, 'dist'), { recursive: true });
    cpSync(path.join(root, 'package.json'), path.join(home, 'package.json'));
    const skip = /\.map$|strip-types\.cjs$/;
    cpSync(path.join(root, 'dist/tracer'), path.join(home, 'dist/tracer'), { recursive: true, filter: (file) => !skip.test(file) });
  }

  /** Runs `code` as a file of that name, and gives what became of it. */
  run(name: string, code: string, node = process.execPath, flags: readonly string[] = []): InlineRun {
    this.write(name, code);
    const env = { ...process.env };
    for (const key of Object.keys(env)) if (/^(?:NODE_|VITEST|TRACE_STUDIO_)/.test(key)) delete env[key];
    const { stdout, stderr, status } = spawnSync(node, [...flags, name], { cwd: this.path, env, encoding: 'utf8' });
    return { stdout, stderr, code: status };
  }

  /** Runs the body of a CommonJS script that has the API's names, and fails if the script does. */
  script(body: string, node?: string): string {
    const run = this.run('script.cjs', `const { ${NAMES} } = require('trace-studio');\n${body}`, node);
    if (run.code !== 0 || run.stderr !== '') throw new Error(`the script ended with ${run.code}: ${run.stderr}${run.stdout}`);
    return run.stdout;
  }

  write(name: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.path, name)), { recursive: true });
    writeFileSync(path.join(this.path, name), text);
  }

  bytes(name: string): Buffer {
    return readFileSync(path.join(this.path, name));
  }

  exists(name: string): boolean {
    return existsSync(path.join(this.path, name));
  }

  /** Files of a folder, without the package and the scripts. */
  files(folder = '.'): string[] {
    return readdirSync(path.join(this.path, folder))
      .filter((name) => name !== 'node_modules' && !/\.[cm]?[jt]s$/.test(name))
      .sort();
  }

  report(name: string): Report {
    const bytes = this.bytes(name);
    return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as Report;
  }

  /** Of the events of a report, names of processes and threads left out. */
  events(name: string): ReportEvent[] {
    return this.report(name).traceEvents.filter(({ ph }) => ph !== 'M');
  }

  names(name: string): string[] {
    return this.events(name).map((event) => event.name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const NAMES = 'VizTracer, VizCounter, VizObject, VizPluginBase, getTracer, ignoreFunction, traceAndSave';
