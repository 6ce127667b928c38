/** `trace-studio attach`: lists the Node programs that run, or records one of them until it is left. */

import { randomBytes, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { counted } from '../../core/base/counted.ts';
import { ProblemError, problemInWords } from '../../core/base/result.ts';
import type { NodeProcess } from '../../core/protocol/attach.ts';
import type { CaptureOptions } from '../../core/protocol/capture-options.ts';
import type { TakeOrder } from '../../core/protocol/sampling.ts';
import type { SessionInfo } from '../../core/protocol/session-types.ts';
import { STUDIO_VERSION } from '../../core/protocol/version.ts';
import { Collector } from '../collector/collector.ts';
import { attachableByName, attachConfig, attachPlan, attachTo } from '../services/attach/attach.ts';
import { listNodeProcesses } from '../services/attach/node-processes.ts';
import { ConfigFiles } from '../services/config/config-files.ts';
import { dataFolder } from '../services/data-folder.ts';
import { convertOwnRecording } from '../services/export/convert-own.ts';
import { TracerInstall } from '../services/tracer-install.ts';
import type { Command } from './command-line.ts';
import { installPaths } from './install-paths.ts';
import { Presses } from './presses.ts';
import { realTarget } from './real-target.ts';
import { reportFormat, sizeInWords } from './report-format.ts';
import { writeReport } from './write-report.ts';

type AttachCommand = Extract<Command, { kind: 'attach' }>;

/** What leaving may take: the process has to come to its event loop. Then its socket is closed from here. */
const LEAVE_MS = 5000;

const tell = (line: string): void => void process.stderr.write(`trace-studio: ${line}\n`);

/** Resolves with the exit code: 1 when it could not be attached to, 2 when a file could not be written. */
export async function attachCommand(command: AttachCommand): Promise<number> {
  if (command.target === undefined) return list();
  const unwritable = command.output === undefined ? undefined : await whyUnwritable(await realTarget(path.resolve(command.output)));
  if (unwritable !== undefined) {
    tell(unwritable);
    return 2;
  }
  try {
    return await record(command, await attachableByName(command.target));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    tell(problemInWords(error));
    return 1;
  }
}

async function list(): Promise<number> {
  const found = await listNodeProcesses();
  if (found.length === 0) {
    tell('No Node program runs on this machine that can be seen from here.');
    return 0;
  }
  const rows = found.map(({ pid, nodeVersion, name, problem }) => [String(pid), nodeVersion ?? '', problem === undefined ? name : `${name}   (${problem})`]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  for (const [pid, version, name] of rows) process.stdout.write(`${pid?.padStart(widths[0] as number)}  ${version?.padEnd(widths[1] as number)}  ${name}\n`);
  return 0;
}

async function record(command: AttachCommand, target: NodeProcess): Promise<number> {
  const { tracer: source } = installPaths(import.meta.dirname);
  const configured = await configOf(command, target, source);
  const tracer = new TracerInstall({
    source,
    dataFolder: dataFolder(process.env, os.homedir()),
    version: STUDIO_VERSION,
  });
  const tracerFolder = await tracer.folder();
  const beside = command.output === undefined ? path.join(os.tmpdir(), 'trace-studio') : await realTarget(path.resolve(command.output));
  const file = `${beside}.${randomBytes(4).toString('hex')}.tsr`;
  const ids = { session: randomUUID(), recording: randomUUID() };
  const collector = new Collector({ folder: os.tmpdir() });
  let isKept = false;
  try {
    const { sampling, samplingUs, laterCalls, runtime } = command;
    const options = { sampling, laterCalls, runtime, ...(samplingUs !== undefined && { samplingUs }) };
    const plan = attachPlan(target, options, tracerFolder, configured);
    await attachTo(collector, { target, plan, tracerFolder, file, ...ids });
    const leaving = new Leaving(collector, ids.session);
    if (!command.quiet) tell(`attached to ${target.name} (process ${target.pid}). ${untilWhen(command)}`);
    const isTaken = await takeFiles(command, collector, ids.session);
    if (command.output === undefined) leaving.leave();
    else if (command.seconds > 0) leaving.leaveAfter(command.seconds);
    const info = await collector.whenEnded(ids.session);
    await collector.shutdown(0);
    const isWritten = command.output === undefined || (await writeFile(command, command.output, file, info));
    isKept = !isWritten;
    return isTaken && isWritten ? 0 : 2;
  } finally {
    await collector.shutdown(LEAVE_MS);
    if (!isKept) await rm(file, { force: true });
  }
}

/** What the config file of the program's project says, or the one that is named. Throws a ProblemError where it cannot be read. */
async function configOf({ configFile, quiet }: AttachCommand, target: NodeProcess, tracerSource: string): Promise<Partial<CaptureOptions>> {
  const files = new ConfigFiles({ program: path.join(tracerSource, 'config-probe.cjs') });
  const named = configFile === undefined || configFile === '' ? configFile : path.resolve(configFile);
  const inspection = await attachConfig(files, target, named);
  if (inspection && !quiet) tell(`options of ${path.relative('', inspection.path) || inspection.path}.`);
  return inspection?.capture ?? {};
}

function untilWhen({ output, seconds }: AttachCommand): string {
  if (output === undefined) return 'It is left when the files are there; Ctrl+C leaves it at once.';
  return seconds > 0 ? `It is left after ${seconds} s; Ctrl+C leaves it at once.` : 'Ctrl+C leaves it; it goes on.';
}

/** Ctrl+C, or the time that was given: the process is left, and the report is written. A second Ctrl+C gives up. */
class Leaving {
  readonly #collector: Collector;
  readonly #session: string;
  #isLeaving = false;

  constructor(collector: Collector, session: string) {
    this.#collector = collector;
    this.#session = session;
    const presses = new Presses();
    process.on('SIGINT', () => {
      if (presses.press(performance.now()) === 'same') return;
      if (this.#isLeaving) process.exit(130);
      this.leave();
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.leave());
  }

  leave(): void {
    this.#isLeaving = true;
    void this.#collector.stop(this.#session, LEAVE_MS);
  }

  leaveAfter(seconds: number): void {
    setTimeout(() => this.leave(), seconds * 1000).unref();
  }
}

async function takeFiles(command: AttachCommand, collector: Collector, session: string): Promise<boolean> {
  const { cpuProfile, heapSnapshot, profileSeconds: seconds } = command;
  const orders: TakeOrder[] = [];
  if (cpuProfile !== undefined) orders.push({ what: 'cpu-profile', path: path.resolve(cpuProfile), overwrite: true, seconds });
  if (heapSnapshot !== undefined) orders.push({ what: 'heap-snapshot', path: path.resolve(heapSnapshot), overwrite: true, seconds });
  let isTaken = true;
  for (const order of orders) {
    try {
      await connected(collector, session);
      const { message, bytes } = await collector.take(session, order);
      if (!command.quiet) tell(`wrote ${path.relative('', order.path) || order.path} (${sizeInWords(bytes)}). ${message}`);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      tell(error.message);
      isTaken = false;
    }
  }
  return isTaken;
}

/** The tracer is in the process; its connection follows. */
async function connected(collector: Collector, session: string): Promise<void> {
  const there = (): boolean => collector.sessions().some((info) => info.id === session && (info.processes > 0 || info.state === 'ended'));
  while (!there()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** False: the report could not be written, and the recording stays where it is. */
async function writeFile(command: AttachCommand, output: string, file: string, info: SessionInfo): Promise<boolean> {
  const final = path.resolve(output);
  try {
    if (reportFormat(final) === 'recording') await rename(file, await realTarget(final));
    else await writeReport(file, final, convertOwnRecording);
  } catch (error) {
    tell(`The report ${final} could not be written: ${(error as Error).message} The recording is kept in ${file}.`);
    return false;
  }
  if (command.quiet) return true;
  const { size } = await stat(final);
  tell(`wrote ${path.relative('', final) || final} (${counted('# {event|events}', info.events)}, ${sizeInWords(size)}).`);
  if (info.dropped > 0) tell(counted('# {event was|events were} dropped.', info.dropped));
  return true;
}

async function whyUnwritable(output: string): Promise<string | undefined> {
  const folder = path.dirname(output);
  const there = await stat(folder).catch(() => undefined);
  if (!there?.isDirectory()) return `The report cannot be written: there is no folder ${folder}. Create it, or choose another one with -o.`;
  if ((await stat(output).catch(() => undefined))?.isDirectory()) return `The report cannot be written: ${output} is a folder. Name a file with -o.`;
  return access(folder, constants.W_OK).then(
    () => undefined,
    () => `The report cannot be written: the folder ${folder} is not writable. Choose another one with -o.`,
  );
}
