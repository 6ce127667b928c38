/** `trace-studio run`: records a script that has this terminal, and writes the report when it ends. No window, no process beside the script's. */

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, constants as fsConstants, rmSync, writeFileSync } from 'node:fs';
import { access, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isatty } from 'node:tty';
import { counted } from '../../core/base/counted.ts';
import { type ProblemError, problemInWords } from '../../core/base/result.ts';
import { CAPTURE_OPTIONS, type CaptureOptions } from '../../core/protocol/capture-options.ts';
import { idleCaptureOptions } from '../../core/protocol/capture-text.ts';
import type { SessionEnd } from '../../core/protocol/recording-format.ts';
import type { LaunchConfig, SessionInfo } from '../../core/protocol/session-types.ts';
import type { NodeInstall } from '../../core/protocol/studio-api.ts';
import { typeScriptInWords } from '../../core/protocol/typescript-words.ts';
import { STUDIO_VERSION } from '../../core/protocol/version.ts';
import type { Collector } from '../collector/collector.ts';
import { startEarly } from '../collector/early-target.ts';
import { recordingNotMade } from '../collector/recording-file.ts';
import type { PluginOutcome } from '../collector/session.ts';
import { ConfigFiles } from '../services/config/config-files.ts';
import { dataFolder } from '../services/data-folder.ts';
import type { Converted } from '../services/export/conversion.ts';
import { examineLaunch } from '../services/launch/examine.ts';
import { makeSpawnPlan } from '../services/launch/spawn-plan.ts';
import { NodeFinder } from '../services/nodes/node-finder.ts';
import { TracerInstall } from '../services/tracer-install.ts';
import type { Command } from './command-line.ts';
import { installPaths } from './install-paths.ts';
import { Presses } from './presses.ts';
import { realTarget } from './real-target.ts';
import { reportFormat, sizeInWords } from './report-format.ts';
import { SavesAside } from './save-aside.ts';

// Of the bundle: to make another one takes a millisecond.
const load = require;

type RunCommand = Extract<Command, { kind: 'run' }>;

const tell = (line: string): void => void process.stderr.write(`trace-studio: ${line}\n`);

/**
 * Resolves with the exit code: the script's own, 128 + n for signal n, 1 when it could not be started, 2 when the report could not be
 * written. With `--strict-plugins` 1 in place of 0 when a plugin failed.
 */
export async function run(command: RunCommand): Promise<number> {
  const output = path.resolve(command.output);
  const final = await realTarget(output);
  const unwritable = await whyUnwritable(final);
  if (unwritable !== undefined) {
    tell(unwritable);
    return 2;
  }
  const home = os.homedir();
  const { tracer: source } = installPaths(import.meta.dirname);
  const configFiles = new ConfigFiles({ program: path.join(source, 'config-probe.cjs') });
  const tracer = new TracerInstall({ source, dataFolder: dataFolder(process.env, home), version: STUDIO_VERSION });
  const config = launchConfig(command);
  const [{ inspection, start }, tracerFolder] = await Promise.all([
    examineLaunch(config, {
      cwd: process.cwd(),
      home,
      environment: process.env,
      nodes: ownNode(home),
      tracerStripsTypes: tracer.stripsTypes,
      configFiles,
      places: { tracers: tracer.parent, socketParents: [os.tmpdir()] },
    }),
    tracer.folder(),
  ]);
  if (start && inspection.configFile && !command.quiet) tell(`options of ${path.relative('', inspection.configFile.path) || inspection.configFile.path}.`);
  if (!start) {
    for (const each of inspection.problems) tell(problemInWords(each));
    return 1;
  }

  if (inspection.permissions) tell(`${inspection.permissions.message} ${inspection.permissions.remedy}`);
  // Beside the report: the same disk, so that a rename finishes it, and where one looks after a crash of everything.
  const file = `${final}.${randomBytes(4).toString('hex')}.tsr`;
  const ids = { session: randomUUID(), recording: randomUUID() };
  for (const { flag, onlyWith } of idleCaptureOptions(command.capture, start.capture)) {
    tell(`--${flag} has no effect without --${CAPTURE_OPTIONS.find(({ key }) => key === onlyWith?.key)?.flag} ${onlyWith?.value}.`);
  }
  const signals = new RunSignals(ids.session, file);
  const tellProblem = problemTeller();
  let isWritten = true;
  try {
    makeEmpty(file);
    const plan = makeSpawnPlan(config, start, tracerFolder);
    const early = startEarly(plan, 'inherited', [os.tmpdir()]);
    // Most of our code records and writes reports: it is read while the script starts.
    const { makeCollector, rehearse, writeReport } = load('./record.cjs') as typeof import('./record.ts');
    const collector = makeCollector();
    signals.collector = collector;
    collector.onSession = tellProblem;
    // What plugins left is read by the formats' readers, which are loaded for it alone.
    const write = command.plugins.length > 0 ? (load('./export.cjs') as typeof import('./export.ts')).writeProcessedReport : writeReport;
    const aside = new SavesAside({ output, recording: file, copy: (copy) => collector.saveAs(ids.recording, copy), write, tell });
    collector.onWorthSaving = (_recording, why) => aside.save(why.replace(/\.$/, ''));
    const isFlight = start.capture.keep === 'last';
    signals.onMoment = () => (isFlight ? aside.save('saved as asked') : tell(`marked this moment: ${collector.mark(ids.session, '').name}.`));
    if (isFlight && !command.quiet) tell(`keeps ${newest(start.capture)}${process.platform === 'win32' ? '' : `; kill -USR2 ${process.pid} saves them`}.`);
    await collector.start({ ...ids, plan, file }, early);
    const rehearsed = rehearse(file, early.place.folder, output);
    const info = await collector.whenEnded(ids.session);
    tellProblem(info);
    signals.scriptEnded();
    const plugins = collector.pluginOutcome(ids.session);
    await rehearsed;
    await aside.settled();
    await collector.shutdown(0);
    isWritten = await finish({ command, file, output, info, plugins, writeReport: write });
    const code = exitCodeOf(info.end);
    if (code !== 0) return code;
    return isWritten ? (command.strictPlugins && anyFailed(plugins) ? 1 : 0) : 2;
  } catch (error) {
    // By its name: the collector's code is a bundle of its own, with a class of its own.
    if (!isProblem(error)) throw error;
    tell(problemInWords(error));
    return 1;
  } finally {
    // Without a report the recording is all that there is of the run.
    if (isWritten) await rm(file, { force: true });
  }
}

const anyFailed = ({ processes, problems }: PluginOutcome): boolean =>
  problems.length > 0 || processes.some(({ states }) => states.some((state) => state.failureCount > 0));

const isProblem = (error: unknown): error is ProblemError => error instanceof Error && error.name === 'ProblemError';

function makeEmpty(recording: string): void {
  try {
    writeFileSync(recording, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw recordingNotMade(recording, error);
  }
}

/** "the newest 30 s", "the newest 256 MB", or both. */
function newest({ keepSeconds, keepMegabytes }: CaptureOptions): string {
  const limits = [...(keepSeconds > 0 ? [`${keepSeconds} s`] : []), ...(keepMegabytes > 0 ? [`${keepMegabytes} MB`] : [])];
  return limits.length === 0 ? 'everything, since neither --keep-seconds nor --keep-mb sets a limit' : `the newest ${limits.join(', at most ')}`;
}

/** A full disk is told when it happens, once: whoever sees it can still make room or stop the script. So is the end of recording at a limit. */
function problemTeller(): (info: SessionInfo) => void {
  let told = false;
  let limit: string | undefined;
  return ({ recordingProblem, gate }) => {
    const reached = gate?.by === 'limit' ? gate.why : undefined;
    if (reached !== undefined && reached !== limit) tell(`recording ended: ${reached} The script goes on.`);
    limit = reached;
    if (recordingProblem === undefined || told) return;
    told = true;
    tell(recordingProblem);
  };
}

interface Finished {
  readonly command: RunCommand;
  readonly file: string;
  readonly output: string;
  readonly info: SessionInfo;
  readonly plugins: PluginOutcome;
  readonly writeReport: (source: string, output: string) => Promise<Converted>;
}

/** False: the report could not be written, and the recording stays where it is. */
async function finish({ command, file, output, info, plugins, writeReport }: Finished): Promise<boolean> {
  if (info.end?.kind === 'failed-to-start') tell(info.end.message);
  // What plugins said of themselves while the script ran has been printed by its processes.
  for (const problem of plugins.problems) tell(problem);
  let written: Converted | undefined;
  try {
    if (reportFormat(output) === 'recording') await rename(file, await realTarget(output));
    else written = await writeReport(file, output);
  } catch (error) {
    tell(`The report ${output} could not be written: ${whyNotWritten(error)}`);
    tell(`The recording is kept in ${file}. Make the report of it with: trace-studio export ${quoted(file)} -o ${quoted(output)}`);
    return false;
  }
  if (command.quiet) return true;
  const typescript = typeScriptInWords(info.typescript);
  if (typescript !== undefined) tell(`${typescript}.`);
  const { size } = await stat(output);
  // Plugins may have left others than were recorded.
  const { events, notes } = written ?? { events: info.events, notes: info.dropped > 0 ? [counted('# {event was|events were} dropped.', info.dropped)] : [] };
  const howMany = info.kept ? 'the newest' : counted('# {event|events}', events);
  tell(`wrote ${path.relative('', output) || output} (${howMany}, ${sizeInWords(size)}).`);
  for (const note of new Set([...plugins.notes, ...notes])) if (!plugins.problems.includes(note)) tell(note);
  if (info.processes === 0 && info.end?.kind !== 'failed-to-start') tell(info.untraced ?? 'The tracer did not connect: the report holds no events.');
  return true;
}

function whyNotWritten(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'there is no room left on the disk.';
  return isProblem(error) ? problemInWords(error) : message;
}

/** To be copied into a shell. */
const quoted = (file: string): string => (/^[\w./:@%+=,-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`);

function launchConfig(command: RunCommand): LaunchConfig {
  const named = namesProgram(command.script);
  return {
    target: named ? { kind: 'command', command: [command.script, ...command.args].map(quoteWord).join(' ') } : { kind: 'script', path: command.script },
    arguments: named ? '' : command.args.map(quoteWord).join(' '),
    cwd: process.cwd(),
    environment: [],
    nodeFlags: command.nodeFlags,
    nodePath: command.node ?? '',
    recordEnvironmentValues: false,
    capture: command.capture,
    ...(command.configFile !== undefined && { configFile: command.configFile }),
    ...(command.plugins.length > 0 && { plugins: command.plugins.map((spec) => ({ spec, enabled: true })) }),
  };
}

/** `node`, `npm`, `npx`, `tsx`: a bare word that is no file here. What it starts is traced just the same. */
const namesProgram = (word: string): boolean => /^[\w.-]+$/.test(word) && !/\.[cm]?[jt]sx?$/.test(word) && !existsSync(word);

/** So that splitWords gives the word back as it was, on every system. */
const quoteWord = (word: string): string => `'${word.replaceAll("'", `'"'"'`)}'`;

/** Without --node the Node that runs this command: it answers by itself who it is, others must be started to be asked. */
function ownNode(home: string) {
  const finder = new NodeFinder({ environment: process.env, home, ownExecutable: process.execPath });
  const own: NodeInstall = { path: process.execPath, version: process.version, arch: process.arch, source: 'studio' };
  return { choose: async () => own, at: (chosen: string, cwd: string) => finder.at(chosen, cwd), all: () => finder.all() };
}

async function whyUnwritable(output: string): Promise<string | undefined> {
  const folder = path.dirname(output);
  const there = await stat(folder).catch(() => undefined);
  if (!there?.isDirectory()) return `The report cannot be written: there is no folder ${folder}. Create it, or choose another one with -o.`;
  if ((await stat(output).catch(() => undefined))?.isDirectory()) return `The report cannot be written: ${output} is a folder. Name a file with -o.`;
  return access(folder, fsConstants.W_OK).then(
    () => undefined,
    () => `The report cannot be written: the folder ${folder} is not writable. Choose another one with -o.`,
  );
}

function exitCodeOf(end: SessionEnd | undefined): number {
  switch (end?.kind) {
    case 'exited':
      return end.code;
    case 'signalled':
      return 128 + signalNumber(end.signal);
    case 'stopped':
      return end.code ?? 128 + signalNumber(end.signal ?? 'SIGTERM');
    default:
      return 1;
  }
}

const signalNumber = (name: string): number => os.constants.signals[name as NodeJS.Signals] ?? 0;

/** Asked when it matters: to make three streams takes longer than to start the script. */
const inTerminal = (): boolean => [0, 1, 2].some((descriptor) => isatty(descriptor));

/**
 * Ctrl+C. In a terminal the script is in the foreground process group and gets it from there; without one we hand it on. What is
 * meant for this process alone (SIGTERM of a supervisor, SIGHUP) is always handed on.
 */
class RunSignals {
  /** Undefined until the script has been started. */
  collector: Collector | undefined;
  /** SIGUSR2: something about this moment. */
  onMoment: () => void = () => {};
  readonly #session: string;
  readonly #file: string;
  readonly #interrupts = new Presses();
  #ended = false;

  constructor(session: string, file: string) {
    this.#session = session;
    this.#file = file;
    process.on('SIGINT', () => {
      // The script has gone already: what is waited for is the plugins.
      if (this.#givesUpPlugins()) return;
      const press = this.#interrupts.press(performance.now());
      if (press === 'same') return;
      if (press === 'again') this.#giveUp();
      else if (this.#ended) tell('Writing the report. Ctrl+C again gives it up.');
      else if (!inTerminal()) this.#send('SIGINT');
    });
    if (process.platform !== 'win32') process.on('SIGUSR2', () => this.#moment());
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#givesUpPlugins() || this.#send(signal));
  }

  #moment(): void {
    if (this.#ended) return;
    try {
      this.onMoment();
    } catch (error) {
      tell((error as Error).message); // No process is traced yet: the signal was too early.
    }
  }

  scriptEnded(): void {
    this.#ended = true;
  }

  #givesUpPlugins(): boolean {
    const areGivenUp = this.collector?.giveUpPlugins(this.#session) === true;
    if (areGivenUp) tell('Plugins that still worked on the events are given up; the report is written without what they would have left.');
    return areGivenUp;
  }

  #send(signal: NodeJS.Signals): void {
    const pid = this.collector?.sessions().find((info) => info.id === this.#session)?.pid;
    // Before it was started, or after it ended, there is nobody to tell.
    if (pid === undefined || this.#ended) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It ended at this very moment.
    }
  }

  #giveUp(): void {
    const exit = () => {
      rmSync(this.#file, { force: true });
      tell('ended by Ctrl+C; no report was written.');
      process.exit(130);
    };
    // Ends the whole tree by force; what cannot be ended is not waited for.
    Promise.resolve(this.collector?.stop(this.#session, 0)).then(exit, exit);
  }
}
