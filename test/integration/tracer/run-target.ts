import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TargetOptions } from '../../../core/protocol/target-wire.ts';
import type { TestCollector } from './test-collector.ts';

export interface TargetRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunOptions {
  readonly node?: string;
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly options?: Partial<TargetOptions>;
  readonly env?: Readonly<Record<string, string>>;
  /** Relative to the folder of the script, which is the default. */
  readonly cwd?: string;
  readonly input?: string;
  /** Leaves stdin open: the test ends it. */
  readonly holdInput?: boolean;
  readonly traced?: boolean;
  /** A process group of its own: a signal to it is not one to the test. */
  readonly ownGroup?: boolean;
}

export interface StartedTarget {
  readonly child: ChildProcess;
  readonly ended: Promise<TargetRun>;
  /** Resolves when what was printed contains `text`. */
  readonly printed: (text: string) => Promise<void>;
  /** The same of stderr. */
  readonly complained: (text: string) => Promise<void>;
}

/** The test's own environment without what would change a target. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^(?:NODE_|VITEST|TRACE_STUDIO_)/.test(name)) delete env[name];
  return env;
}

/** Writes `files` into a folder of their own in the collector's, and gives the path of the first. */
export function writeScript(collector: TestCollector, files: Readonly<Record<string, string>>): string {
  const folder = path.join(collector.folder, `scripts-${scripts++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return path.join(folder, Object.keys(files)[0] as string);
}
let scripts = 0;

/** Puts a copy of the package where `script` finds it, as an installation does. */
export function installPackage(collector: TestCollector, script: string): void {
  const folder = path.join(path.dirname(script), 'node_modules/trace-studio');
  mkdirSync(folder, { recursive: true });
  for (const file of ['api.cjs', 'api.mjs']) copyFileSync(path.join(collector.tracerFolder, file), path.join(folder, file));
  const manifest = { name: 'trace-studio', type: 'module', exports: { '.': { import: './api.mjs', require: './api.cjs' } } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
}

export function startTarget(collector: TestCollector, script: string, run: RunOptions = {}): StartedTarget {
  const env = { ...plainEnvironment(), ...(run.traced === false ? {} : collector.environment(run.options)), ...run.env };
  const child = spawn(run.node ?? process.execPath, [...(run.flags ?? []), script, ...(run.args ?? [])], {
    env,
    cwd: path.resolve(path.dirname(script), run.cwd ?? '.'),
    detached: run.ownGroup === true,
  });
  const text = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const look of waiting) look();
    });
  }
  child.stdin?.on('error', () => {}); // The target may end without reading.
  if (!run.holdInput) child.stdin?.end(run.input ?? '');
  const ended = new Promise<TargetRun>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...text, code, signal }));
  });
  const said = (name: 'stdout' | 'stderr', wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!text[name].includes(wanted)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      child.once('close', () => reject(new Error(`the target ended without printing ${wanted}: ${text.stdout}${text.stderr}`)));
      look();
    });
  return { child, ended, printed: (wanted) => said('stdout', wanted), complained: (wanted) => said('stderr', wanted) };
}

const ACCEPT_TURNS = 3;

/** Runs a target to its end, and takes in all that it sent: sockets and spill files. */
export async function runTarget(collector: TestCollector, script: string, run: RunOptions = {}): Promise<TargetRun> {
  const result = await startTarget(collector, script, run).ended;
  await takeAll(collector);
  return result;
}

export async function takeAll(collector: TestCollector): Promise<void> {
  // The end of a process can be seen before its connection is.
  for (let turn = 0; turn < ACCEPT_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
  await collector.until(() => collector.targets.every((target) => target.closed));
  collector.mergeSpills();
  const complaints = collector.targets.map((target) => target.complaint).filter((complaint) => complaint !== undefined);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}
