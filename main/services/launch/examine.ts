/** Turns what the user filled in into what would run, with a sentence for everything that is in the way. Nothing is started. */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../../../core/base/result.ts';
import { type CaptureOptions, captureOptions, mergeCapture } from '../../../core/protocol/capture-options.ts';
import { type NodePermissions, nodeFlagsOf, nodePermissions } from '../../../core/protocol/node-permissions.ts';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import type { LaunchInspection, NodeInstall } from '../../../core/protocol/studio-api.ts';
import type { ConfigFiles } from '../config/config-files.ts';
import type { NodeFinder } from '../nodes/node-finder.ts';
import type { LaunchPlugin, PluginCatalogue } from '../plugins/catalogue.ts';
import { findProgram, pathVariable } from './find-program.ts';
import { findNpm } from './npm-program.ts';
import { permissionNote, type TracerPlaces } from './permissions.ts';
import { findProject, type Project, readProject } from './project.ts';
import { bringsLoader, bringsTypeStripping, HEAD_BYTES, judgeScript, type Language, parseVersion, stripsTypes, stripsTypesWithFlag } from './script-file.ts';
import { splitWords, type Word } from './split-words.ts';

/** What is needed beside the form. */
export interface LaunchSurroundings {
  readonly cwd: string;
  readonly home: string;
  /** The studio's own environment, which the target inherits. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nodes: Pick<NodeFinder, 'at' | 'choose' | 'all'>;
  /** The tracer takes the types out where Node does not. */
  readonly tracerStripsTypes: boolean;
  /** Where only what the user trusts may run. Absent: the target finds the plugins itself, as on the command line. */
  readonly plugins?: Pick<PluginCatalogue, 'inspect'>;
  /** Absent: what Node's permission model keeps the tracer from is not looked at. */
  readonly places?: TracerPlaces;
  /** Absent: there are no config files. */
  readonly configFiles?: Pick<ConfigFiles, 'inspect'>;
}

/** A launch without problems. */
export interface Start {
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly script?: string;
  readonly node: NodeInstall;
  /** The enabled ones. */
  readonly plugins: readonly LaunchPlugin[];
  /** Absent: the target's Node has no permission model on, as far as can be seen. */
  readonly permissions?: NodePermissions;
  readonly capture: CaptureOptions;
}

export interface Examined {
  readonly inspection: LaunchInspection;
  /** Undefined while there are problems. */
  readonly start?: Start;
}

type FieldProblem = LaunchInspection['problems'][number];
type Field = FieldProblem['field'];

/** Flags with which Node does something else than run the script. */
const NOT_RUNNING = /^(-e|--eval|-p|--print|-pe|-c|--check|-i|--interactive|-v|--version|-h|--help|-|--)(=|$)/;

export async function examineLaunch(config: LaunchConfig, around: LaunchSurroundings): Promise<Examined> {
  const problems: FieldProblem[] = [];
  const blame = (field: Field, problem: Problem) => problems.push({ ...problem, field });
  const wordsOf = (line: string, field: Field): readonly string[] => {
    const words = splitWords(line);
    if (words.ok) return words.value.map((word) => word.text);
    blame(field, words.problem);
    return [];
  };

  const nodeFlags = wordsOf(config.nodeFlags, 'nodeFlags');
  const extra = wordsOf(config.arguments, 'arguments');
  checkNodeFlags(nodeFlags, blame);
  const additions = checkEnvironment(config.environment, blame);
  const fromHome = (text: string) => text.replace(/^~(?=$|[\\/])/, around.home);
  const userPath = (text: string) => path.resolve(around.cwd, fromHome(text));

  const home = targetFolder(config, userPath);
  const cwd = config.cwd === '' ? home.folder : userPath(config.cwd);
  const cwdProblem = await folderProblem(cwd);
  // An implied folder that is missing is told at the target, where the user typed it.
  if (cwdProblem && config.cwd !== '') blame('cwd', cwdProblem);

  const node = config.nodePath === '' ? await around.nodes.choose(cwd) : await around.nodes.at(fromHome(config.nodePath), cwd);
  if (!node || node.problem !== undefined) blame('nodePath', await nodeProblem(node, around));

  const environment = childEnvironment(around.environment, additions);
  const flags = [...nodeFlags, ...splitEnvironment(environment)];
  const { tracerStripsTypes } = around;
  const target = await examineTarget(config, { node, flags, nodeFlags, extra, cwd, environment, userPath, folder: home.folder, tracerStripsTypes });
  for (const problem of target.problems) blame('target', problem);

  const choices = config.plugins ?? [];
  const examinedPlugins = await around.plugins?.inspect(choices, { scriptFolder: home.folder, cwd, home: around.home });
  for (const [index, { problem }] of examinedPlugins?.inspections.entries() ?? []) {
    if (problem && choices[index]?.enabled) blame('plugins', problem);
  }

  // A script's own folder counts; what npm or a command runs is where it runs.
  const configFolder = config.target.kind === 'script' ? home.folder : cwd;
  const file = config.configFile === undefined || config.configFile === '' ? config.configFile : userPath(config.configFile);
  const configured = await around.configFiles?.inspect(file, configFolder, node?.problem === undefined ? node?.path : undefined);
  for (const problem of configured?.problems ?? []) blame('capture', problem);

  const project = target.project ?? (await findProject(home.folder));
  const capture = captureOptions(mergeCapture(configured?.inspection?.capture, config.capture));
  const targetFlags = [...splitEnvironment(environment), ...flagsOfTarget(config, nodeFlags, project)];
  const question = { flags: targetFlags, cwd, nodeVersion: node?.version, samples: capture.calls === 'sampling' };
  const note = around.places && permissionNote({ ...question, places: around.places });
  // What npm runs is Node, too, and has no part in the flags of its script.
  const permissions = config.target.kind === 'npm-script' ? nodePermissions(splitEnvironment(environment)) : nodePermissions(targetFlags);
  const isWhole = problems.length === 0 && node !== undefined && target.file !== undefined;
  const inspection: LaunchInspection = {
    command: isWhole && target.file !== undefined ? [target.file, ...target.args] : [],
    cwd,
    problems,
    ...(target.language && { language: target.language }),
    ...(node && { node }),
    ...(examinedPlugins && choices.length > 0 && { plugins: examinedPlugins.inspections }),
    ...(configured?.inspection && { configFile: configured.inspection }),
    ...(note && { permissions: note }),
    ...(project && { project }),
  };
  if (!isWhole || target.file === undefined) return { inspection };
  return {
    inspection,
    start: {
      title: target.title,
      file: target.file,
      args: target.args,
      cwd,
      node,
      environment: target.putNodeFirst ? withNodeFirst(environment, node.path) : environment,
      ...(target.script !== undefined && { script: target.script }),
      plugins: examinedPlugins?.launch ?? choices.filter(({ enabled }) => enabled).map(({ spec }) => ({ spec })),
      ...(permissions && { permissions }),
      capture,
    },
  };
}

// --- the target ---------------------------------------------------------------------------------------------------

interface TargetContext {
  readonly node: NodeInstall | undefined;
  /** Of the form and of NODE_OPTIONS. */
  readonly flags: readonly string[];
  readonly nodeFlags: readonly string[];
  readonly extra: readonly string[];
  readonly cwd: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly userPath: (text: string) => string;
  readonly tracerStripsTypes: boolean;
}

interface ExaminedTarget {
  readonly title: string;
  readonly problems: readonly Problem[];
  readonly file?: string;
  readonly args: readonly string[];
  readonly script?: string;
  readonly language?: Language;
  readonly project?: Project;
  readonly putNodeFirst: boolean;
}

function examineTarget(config: LaunchConfig, context: TargetContext): Promise<ExaminedTarget> {
  switch (config.target.kind) {
    case 'script':
      return examineScript(config.target.path, context);
    case 'npm-script':
      return examineNpmScript(config.target.name, context);
    case 'command':
      return examineCommand(config.target.command, context);
  }
}

const failed = (title: string, code: string, message: string, remedy: string): ExaminedTarget => ({
  title,
  problems: [{ code, message, remedy }],
  args: [],
  putNodeFirst: false,
});

async function examineScript(typed: string, context: TargetContext): Promise<ExaminedTarget> {
  if (typed.trim() === '') return failed('', 'no-script', 'No script is chosen.', 'Choose a file, drop one here, or start with an example.');
  const file = context.userPath(typed);
  const title = path.basename(file);
  const head = await readHead(file);
  if (!head.ok) return { title, problems: [head.problem], args: [], putNodeFirst: false };
  const judged = judgeScript(file, head.bytes, bringsLoader(context.flags), context.tracerStripsTypes);
  if (!judged.ok) return { title, problems: [judged.problem], args: [], putNodeFirst: false };
  const language = judged.value;
  const stripping = language === 'typescript' ? await typeStrippingProblem(title, context) : undefined;
  return {
    title,
    problems: stripping ? [stripping] : [],
    ...(context.node && { file: context.node.path }),
    args: [...context.nodeFlags, file, ...context.extra],
    script: file,
    language,
    putNodeFirst: false,
  };
}

async function readHead(file: string): Promise<{ ok: true; bytes: Uint8Array } | { ok: false; problem: Problem }> {
  const name = path.basename(file);
  const bad = (code: string, message: string, remedy: string) => ({ ok: false as const, problem: { code, message, remedy } });
  try {
    const found = await stat(file);
    if (found.isDirectory()) return bad('script-is-folder', `${file} is a folder, not a script.`, 'Choose a file in it.');
    if (!found.isFile()) return bad('not-a-script', `${file} is not a regular file.`, 'Choose a JavaScript or TypeScript file.');
    const handle = await open(file, 'r');
    try {
      const buffer = new Uint8Array(HEAD_BYTES);
      const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
      return { ok: true, bytes: buffer.subarray(0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return bad('script-not-found', `There is no file ${file}.`, 'Check the path.');
    if (code === 'EACCES' || code === 'EPERM') return bad('script-unreadable', `${name} may not be read by this user.`, `Check the permissions of ${file}.`);
    return bad('script-unreadable', `${file} cannot be read: ${(error as Error).message}`, 'Choose another file.');
  }
}

async function typeStrippingProblem(title: string, { node, flags, folder, tracerStripsTypes }: TargetContext): Promise<Problem | undefined> {
  const version = parseVersion(node?.version);
  if (!version || tracerStripsTypes || stripsTypes(version) || bringsLoader(flags)) return undefined;
  if (stripsTypesWithFlag(version) && bringsTypeStripping(flags)) return undefined;
  const remedies = ['choose Node 22.18 or newer'];
  if (stripsTypesWithFlag(version)) remedies.push('add --experimental-strip-types to the Node flags');
  const loader = await installedLoader(folder);
  remedies.push(
    loader ? `add --import ${loader} to the Node flags (${loader} is installed in this project)` : 'add a loader to the Node flags, for example --import tsx',
  );
  const remedy = remedies.join(', or ');
  return {
    code: 'typescript-unsupported',
    message: `${title} is TypeScript, which Node ${node?.version} cannot run by itself.`,
    remedy: `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`,
  };
}

async function installedLoader(folder: string): Promise<string | undefined> {
  for (let current = folder; ; current = path.dirname(current)) {
    if (!(await folderProblem(path.join(current, 'node_modules', 'tsx')))) return 'tsx';
    if (path.dirname(current) === current) return undefined;
  }
}

async function examineNpmScript(name: string, { node, extra, folder, cwd, environment }: TargetContext): Promise<ExaminedTarget> {
  const title = `npm run ${name}`;
  const project = await readProject(folder);
  if (!project) return failed(title, 'no-package', `There is no package.json that can be read in ${folder}.`, 'Choose the folder of a package.');
  const fail = (code: string, message: string, remedy: string) => ({ ...failed(title, code, message, remedy), project });
  if (!project.scripts.some((script) => script.name === name)) {
    const known = project.scripts.map((script) => script.name).join(', ');
    const message = name === '' ? 'No npm script is chosen.' : `${project.name} has no npm script named ${name}.`;
    return fail('no-npm-script', message, known === '' ? 'Its package.json has no scripts.' : `Choose one of: ${known}.`);
  }
  const npm = node && (await findNpm('npm', node.path, cwd, environment));
  if (!npm) return fail('no-npm', 'npm was found neither beside the chosen Node nor on PATH.', 'Choose another Node, or run the script file itself.');
  const args = [...npm.args, 'run', name, ...(extra.length > 0 ? ['--', ...extra] : [])];
  return { title, problems: [], file: npm.file, args, project, putNodeFirst: true };
}

/** Words that only mean something to a shell. */
const OPERATORS = new Set(['&&', '||', '|', ';', '&', '>', '>>', '<', '2>', '2>&1', '&>']);

async function examineCommand(line: string, { node, extra, cwd, environment, nodeFlags }: TargetContext): Promise<ExaminedTarget> {
  const words = splitWords(line);
  if (!words.ok) return { title: line.slice(0, 80), problems: [words.problem], args: [], putNodeFirst: false };
  const [first, ...rest] = words.value.map((word) => word.text);
  if (first === undefined) return failed('', 'no-command', 'No command is given.', 'Type a command such as: node server.js --port 3000');
  const title = [path.basename(first), ...rest].join(' ').slice(0, 80);
  const shellWord = findShellWord(words.value);
  if (shellWord) return failed(title, 'needs-shell', ...shellWord);

  const args = [...rest, ...extra];
  const whole = { title, problems: [], putNodeFirst: true };
  if (node && (first === 'node' || first === 'node.exe')) return { ...whole, file: node.path, args: [...nodeFlags, ...args] };
  if (node && (first === 'npm' || first === 'npx')) {
    const npm = await findNpm(first, node.path, cwd, environment);
    if (npm) return { ...whole, file: npm.file, args: [...npm.args, ...args] };
  }
  const search = node ? withNodeFirst(environment, node.path) : environment;
  const file = await findProgram(first, cwd, search);
  if (file === undefined) {
    return failed(title, 'command-not-found', `The program ${first} was not found.`, 'Give its full path, or check PATH. The command runs without a shell.');
  }
  if (/\.(cmd|bat)$/i.test(file)) {
    return failed(
      title,
      'needs-shell',
      `${file} is a batch file, which only a shell can run.`,
      'Run it as an npm script, or name the JavaScript file that it starts.',
    );
  }
  return { ...whole, file, args };
}

function findShellWord(words: readonly Word[]): [message: string, remedy: string] | undefined {
  const operator = words.find((word) => !word.quoted && (OPERATORS.has(word.text) || /^(2?>>?|<)\S/.test(word.text)));
  if (operator)
    return [
      `The command runs without a shell, so ${operator.text} would be handed to the program as a word.`,
      'Put the command into an npm script and run that.',
    ];
  const [first] = words;
  const assigned = first && !first.quoted ? /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(first.text)?.[1] : undefined;
  if (assigned !== undefined) return [`${first?.text} sets a variable, which only a shell does.`, `Add ${assigned} under Environment.`];
  return undefined;
}

// --- the parts around it ------------------------------------------------------------------------------------------

function targetFolder({ target }: LaunchConfig, userPath: (text: string) => string): { readonly folder: string } {
  switch (target.kind) {
    case 'script':
      return { folder: target.path.trim() === '' ? userPath('.') : path.dirname(userPath(target.path)) };
    case 'npm-script':
      return { folder: userPath(target.folder === '' ? '.' : target.folder) };
    case 'command':
      return { folder: userPath('.') };
  }
}

async function folderProblem(folder: string): Promise<Problem | undefined> {
  try {
    if ((await stat(folder)).isDirectory()) return undefined;
    return { code: 'cwd-not-folder', message: `${folder} is not a folder.`, remedy: 'Choose a folder to run in, or leave the field empty.' };
  } catch {
    return { code: 'cwd-not-found', message: `There is no folder ${folder}.`, remedy: 'Choose a folder to run in, or leave the field empty.' };
  }
}

function checkNodeFlags(flags: readonly string[], blame: (field: Field, problem: Problem) => void): void {
  const [first] = flags;
  if (first !== undefined && !first.startsWith('-')) {
    blame('nodeFlags', {
      code: 'bad-node-flag',
      message: `Node flags begin with a dash, ${first} does not.`,
      remedy: "Put the script's own arguments into Arguments.",
    });
  }
  const other = flags.find((flag) => NOT_RUNNING.test(flag));
  if (other !== undefined) {
    blame('nodeFlags', { code: 'bad-node-flag', message: `With ${other} Node does not run the script.`, remedy: `Remove ${other} from the Node flags.` });
  }
}

function checkEnvironment(entries: LaunchConfig['environment'], blame: (field: Field, problem: Problem) => void): Readonly<Record<string, string>> {
  const additions: Record<string, string> = Object.create(null);
  for (const { name, value } of entries) {
    if (name === '' && value === '') continue; // The empty row that a form keeps at its end.
    if (name === '' || /[=\s]/.test(name)) {
      const message = name === '' ? 'A variable has a value but no name.' : `${name} cannot be the name of a variable.`;
      blame('environment', { code: 'bad-variable', message, remedy: 'A name has neither spaces nor an equals sign.' });
    }
    additions[name] = value;
  }
  return additions;
}

async function nodeProblem(node: NodeInstall | undefined, around: LaunchSurroundings): Promise<Problem> {
  const usable = (await around.nodes.all()).filter((other) => other.problem === undefined);
  const known = usable.slice(0, 3).map((other) => `${other.version} (${other.path})`);
  const remedy = known.length > 0 ? `Choose another one; found: ${known.join(', ')}.` : 'Install Node 20.19 or newer from nodejs.org.';
  if (!node) return { code: 'no-node', message: 'No Node was found on this machine.', remedy };
  return { code: 'bad-node', message: `The Node at ${node.path} ${node.problem}.`, remedy };
}

/** The studio's environment with the additions, without what Electron, the package manager's start or an outer session left in it. */
function childEnvironment(own: Readonly<Record<string, string | undefined>>, additions: Readonly<Record<string, string>>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && !/^(ELECTRON_|TRACE_STUDIO_)/i.test(name)) environment[name] = value;
  }
  for (const [name, value] of Object.entries(additions)) {
    // Windows has one variable for all spellings of a name.
    const present = process.platform === 'win32' ? Object.keys(environment).find((key) => key.toUpperCase() === name.toUpperCase()) : undefined;
    environment[present ?? name] = value;
  }
  return environment;
}

/** So that `node` inside an npm script or a `#!/usr/bin/env node` means the chosen one. */
function withNodeFirst(environment: Readonly<Record<string, string>>, nodePath: string): Readonly<Record<string, string>> {
  const { name, value } = pathVariable(environment);
  const folder = path.dirname(nodePath);
  return { ...environment, [name]: value === '' ? folder : `${folder}${path.delimiter}${value}` };
}

function splitQuietly(line: string): readonly string[] {
  const words = splitWords(line);
  // What cannot be split is Node's, or npm's, to complain about.
  return words.ok ? words.value.map((word) => word.text) : [];
}

const splitEnvironment = (environment: Readonly<Record<string, string>>): readonly string[] => splitQuietly(environment.NODE_OPTIONS ?? '');

/** The flags that Node gets by command line, wherever that stands. */
function flagsOfTarget({ target }: LaunchConfig, nodeFlags: readonly string[], project: Project | undefined): readonly string[] {
  switch (target.kind) {
    case 'script':
      return nodeFlags;
    case 'npm-script':
      return nodeFlagsOf(splitQuietly(project?.scripts.find(({ name }) => name === target.name)?.command ?? ''));
    case 'command':
      return [...nodeFlags, ...nodeFlagsOf(splitQuietly(target.command))];
  }
}
