/**
 * The plugins that a window offers: those of the installation, and those that the user added from a file and trusts.
 *
 * Trust is of one content at one path. It is asked for before anything of the file runs, the probe included; a file that
 * changed is asked about again, and one that changed back is not.
 */
import { readdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Problem, ProblemError } from '../../../core/base/result.ts';
import type { PluginChoice } from '../../../core/protocol/session-types.ts';
import type { PluginEntry, PluginFileInfo, PluginInspection } from '../../../core/protocol/studio-api.ts';
import { filled, list, sha256, shape, whole } from '../checks.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { type FindPlaces, findPluginModule } from './find-module.ts';
import { type PluginFacts, pluginFacts } from './plugin-facts.ts';
import { type PluginContent, readPluginFile, readReadme } from './plugin-file.ts';
import { argumentProblem, readPluginText } from './plugin-text.ts';
import type { ProbeAnswer } from './probe.ts';
import { isPluginName, pluginTemplate } from './template.ts';

export interface CatalogueOptions {
  /** plugins.json of the data folder. */
  readonly file: string;
  /** Where the built-in ones lie: `plugins/<name>.cjs`, with their README beside. */
  readonly tracerFolder: string;
  /** Runs the module, in a process of its own. */
  readonly probe: (file: string) => Promise<ProbeAnswer>;
}

interface Added {
  readonly path: string;
  /** Contents that were trusted, the newest first. */
  readonly trusted: readonly string[];
  readonly addedAtMs: number;
}

/** What a probe said about a content. */
interface Known {
  readonly sha256: string;
  readonly facts: PluginFacts;
}

interface Content {
  readonly added: readonly Added[];
  readonly known: readonly Known[];
}

const MOST_ADDED = 200;
const MOST_TRUSTED = 20;
const MOST_KNOWN = 300;

/** A plugin of a launch, as the examination of a form found it. `builtIn` is a name in the installed tracer. */
export interface LaunchPlugin {
  readonly spec: string;
  readonly file?: string;
  readonly builtIn?: string;
}

export interface InspectedPlugins {
  readonly inspections: readonly PluginInspection[];
  /** Those that are enabled. Only to be run where none of them has a problem. */
  readonly launch: readonly LaunchPlugin[];
}

export class PluginCatalogue {
  readonly #options: CatalogueOptions;
  #content: Promise<Content> | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** By content: each is asked once in the life of the studio, and those that have a problem again when the user asks. */
  readonly #probes = new Map<string, Promise<ProbeAnswer>>();

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  /** Built-in ones by name, then the added ones in the order of their adding. */
  async list(): Promise<readonly PluginEntry[]> {
    const [names, { added }] = await Promise.all([this.#builtInNames(), this.#read()]);
    const entries: PluginEntry[] = [...(await Promise.all(names.map((name) => this.#builtInEntry(name))))];
    // One after the other: each may start a process, and there may be many.
    for (const each of added) entries.push(await this.#addedEntry(each));
    return entries;
  }

  /** `file`: real path. Nothing of it runs. */
  async examine(file: string): Promise<PluginFileInfo> {
    const content = await readPluginFile(file);
    return { path: file, ...content, trusted: await this.#isTrusted(file, content.sha256) };
  }

  /** The user read the question and trusts `file` with this content. Also: asks a trusted one again who it is. */
  async add(file: string, hash: string): Promise<PluginEntry> {
    const content = await readPluginFile(file);
    if (content.sha256 !== hash) {
      throw new ProblemError({
        code: 'plugin-changed',
        message: `${path.basename(file)} changed since you were asked about it.`,
        remedy: 'Look at it again before you trust it.',
      });
    }
    const before = (await this.#read()).added.find((each) => each.path === file);
    const entry: Added = {
      path: file,
      trusted: [hash, ...(before?.trusted ?? []).filter((each) => each !== hash)].slice(0, MOST_TRUSTED),
      addedAtMs: before?.addedAtMs ?? Date.now(),
    };
    await this.#change((now) => ({
      ...now,
      known: now.known.filter((each) => each.sha256 !== hash),
      added: before
        ? now.added.map((each) => (each.path === file ? entry : each))
        : [...now.added.filter((each) => each.path !== file), entry].slice(-MOST_ADDED),
    }));
    this.#probes.delete(hash);
    return this.#addedEntry(entry);
  }

  /** Off the list, and its trust is forgotten. The file stays. */
  async remove(file: string): Promise<void> {
    await this.#change((now) => ({ ...now, added: now.added.filter((each) => each.path !== file) }));
  }

  /** Writes a plugin to begin with, and adds it. It is trusted: it is ours. */
  async create(file: string): Promise<PluginEntry> {
    if (!isPluginName(file)) {
      throw new ProblemError({
        code: 'not-a-plugin',
        message: `${path.basename(file)} is no name for a plugin.`,
        remedy: 'Let it end in .ts, .mts, .cts, .js, .mjs or .cjs.',
      });
    }
    await writeNew(file, pluginTemplate(file));
    const { sha256: hash } = await readPluginFile(file);
    return this.add(file, hash);
  }

  /** What the plugins of a form mean where its script lies, with a problem at each enabled one that may not or cannot run. */
  async inspect(choices: readonly PluginChoice[], places: Omit<FindPlaces, 'builtIns'>): Promise<InspectedPlugins> {
    if (choices.length === 0) return { inspections: [], launch: [] };
    const all = { ...places, builtIns: await this.#builtInNames() };
    const found = await Promise.all(choices.map((choice) => this.#inspectOne(choice, all)));
    return {
      inspections: found.map(({ inspection }) => inspection),
      launch: found.filter((_, index) => choices[index]?.enabled).map(({ launch }) => launch),
    };
  }

  async #inspectOne({ spec }: PluginChoice, places: FindPlaces): Promise<{ readonly inspection: PluginInspection; readonly launch: LaunchPlugin }> {
    const { module, arguments: text } = readPluginText(spec);
    const refused = (trust: PluginInspection['trust'], problem: Problem, file?: string) => ({
      inspection: { module, trust, problem, ...(file !== undefined && { file }) },
      launch: { spec },
    });
    if (module === '')
      return refused('missing', { code: 'plugin-unnamed', message: 'A plugin has no module.', remedy: 'Begin its text with a path or a name, or remove it.' });
    const found = await findPluginModule(module, places);
    if (!found) {
      const remedy = 'Check its path: it is looked for beside the script, then in the working folder, then as a package.';
      return refused('missing', { code: 'plugin-missing', message: `The plugin ${module} was not found.`, remedy });
    }
    const builtIn = found.kind === 'built-in' ? found.name : undefined;
    // The list has real paths: a plugin is the same one by whatever way it is reached.
    const file = found.kind === 'built-in' ? this.#builtInFile(found.name) : await realpath(found.file).catch(() => found.file);
    const title = builtIn ?? path.basename(file);
    let facts: PluginFacts = {};
    if (builtIn === undefined) {
      const judged = await this.#judge(file);
      if (judged.problem) return refused(judged.trust, judged.problem, file);
      facts = judged.facts;
    } else facts = (await this.#facts(file, (await readPluginFile(file)).sha256)).facts;
    const problem = facts.argsSchema && argumentProblem(title, facts.argsSchema, text);
    return {
      inspection: {
        module,
        file,
        trust: builtIn === undefined ? 'trusted' : 'built-in',
        ...(facts.argsSchema && { argsSchema: facts.argsSchema }),
        ...(problem && { problem }),
      },
      launch: { spec, ...(builtIn === undefined ? { file } : { builtIn }) },
    };
  }

  /** A file of the user's, its real path: whether it may run, and what it says of itself. */
  async #judge(file: string): Promise<{ readonly trust: PluginEntry['trust']; readonly facts: PluginFacts; readonly problem?: Problem }> {
    const name = path.basename(file);
    let content: PluginContent;
    try {
      content = await readPluginFile(file);
    } catch (error) {
      return { trust: 'missing', facts: {}, problem: asProblem(error) };
    }
    if (await this.#isTrusted(file, content.sha256)) return { trust: 'trusted', facts: (await this.#facts(file, content.sha256)).facts };
    const isAdded = (await this.#read()).added.some((each) => each.path === file);
    if (isAdded) {
      return {
        trust: 'changed',
        facts: {},
        problem: {
          code: 'plugin-changed',
          message: `The plugin ${name} changed since you trusted it.`,
          remedy: 'Look at it and trust it again, or disable it.',
        },
      };
    }
    return {
      trust: 'untrusted',
      facts: {},
      problem: {
        code: 'plugin-untrusted',
        message: `The plugin ${name} is not trusted yet: it would run inside your script.`,
        remedy: 'Trust it, or disable it.',
      },
    };
  }

  // --- entries ----------------------------------------------------------------------------------------------------

  async #builtInNames(): Promise<readonly string[]> {
    const files = await readdir(path.join(this.#options.tracerFolder, 'plugins')).catch(() => []); // An installation without any.
    return files.flatMap((file) => /^(\w+)\.cjs$/.exec(file)?.[1] ?? []).sort();
  }

  #builtInFile(name: string): string {
    return path.join(this.#options.tracerFolder, 'plugins', `${name}.cjs`);
  }

  async #builtInEntry(name: string): Promise<PluginEntry> {
    const file = this.#builtInFile(name);
    return { module: `vizplugins.${name}`, title: name, builtIn: true, file, trust: 'built-in', ...(await this.#described(file)) };
  }

  async #addedEntry({ path: file, trusted }: Added): Promise<PluginEntry> {
    const entry = { module: file, title: path.basename(file), builtIn: false, file };
    try {
      const content = await readPluginFile(file);
      if (trusted.includes(content.sha256)) return { ...entry, trust: 'trusted', ...(await this.#described(file)) };
      const description = 'It changed since you trusted it. Nothing of it runs.';
      return { ...entry, trust: 'changed', sha256: content.sha256, description };
    } catch (error) {
      return { ...entry, trust: 'missing', description: 'It is not there any more.', problem: asProblem(error) };
    }
  }

  async #described(file: string): Promise<Pick<PluginEntry, 'description' | 'version' | 'readme' | 'sha256' | 'argsSchema' | 'problem'>> {
    const content = await readPluginFile(file);
    const [{ facts, problem }, readme] = await Promise.all([this.#facts(file, content.sha256), readReadme(file)]);
    return {
      sha256: content.sha256,
      description: facts.description ?? facts.argsSchema?.description ?? firstSentence(readme) ?? '',
      ...(facts.version !== undefined && { version: facts.version }),
      ...(facts.argsSchema && { argsSchema: facts.argsSchema }),
      ...(readme !== undefined && { readme }),
      ...(problem && { problem }),
    };
  }

  async #facts(file: string, hash: string): Promise<ProbeAnswer> {
    const known = (await this.#read()).known.find((each) => each.sha256 === hash);
    if (known) return { facts: known.facts };
    let probe = this.#probes.get(hash);
    if (!probe) {
      probe = this.#options.probe(file);
      this.#probes.set(hash, probe);
    }
    const answer = await probe;
    if (!answer.problem) {
      // Only spares the next start a process.
      await this.#change((now) => ({
        ...now,
        known: [{ sha256: hash, facts: answer.facts }, ...now.known.filter((each) => each.sha256 !== hash)].slice(0, MOST_KNOWN),
      })).catch(() => {});
    }
    return answer;
  }

  // --- plugins.json -----------------------------------------------------------------------------------------------

  async #isTrusted(file: string, hash: string): Promise<boolean> {
    return (await this.#read()).added.some((each) => each.path === file && each.trusted.includes(hash));
  }

  #read(): Promise<Content> {
    this.#content ??= readJsonFile(this.#options.file, checkContent).then((content) => content ?? { added: [], known: [] });
    return this.#content;
  }

  /** Changes are put in a row; each writes the newest content. */
  #change(next: (content: Content) => Content): Promise<void> {
    this.#writing = this.#writing
      .catch(() => {})
      .then(async () => {
        const content = next(await this.#read());
        this.#content = Promise.resolve(content);
        await writeJsonFile(this.#options.file, content);
      });
    return this.#writing;
  }
}

const asProblem = (error: unknown): Problem => {
  if (!(error instanceof ProblemError)) return { code: 'plugin-unreadable', message: error instanceof Error ? error.message : String(error) };
  return { code: error.code, message: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) };
};

/** Of the first paragraph that is no heading. */
function firstSentence(markdown: string | undefined): string | undefined {
  const paragraph = markdown?.split(/\n\s*\n/).find((part) => part.trim() !== '' && !/^\s*[#>|`!<[-]/.test(part));
  return paragraph
    ?.replaceAll(/\s+/g, ' ')
    .replaceAll(/[`*]/g, '')
    .trim()
    .match(/^.*?[.!?](?=\s|$)|^.*$/)?.[0]
    .slice(0, 300);
}

/** Whole or not there, and never over another file. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new ProblemError({ code: 'plugin-file-exists', message: `${file} is there already.`, remedy: 'Choose another name, or add that file.' });
    throw new ProblemError({ code: 'not-written', message: `${file} cannot be written: ${message}`, remedy: 'Choose another folder.' });
  }
}

/** Bad entries are left out: edited by hand, or of another version. What is left out is asked about again. */
function checkContent(value: unknown): Content | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { added, known } = value as Record<string, unknown>;
  return {
    added: goodOnes(added, shape<Added>({ path: filled(4096), trusted: list(sha256, MOST_TRUSTED), addedAtMs: whole(0, Number.MAX_SAFE_INTEGER) })),
    known: goodOnes(known, shape<Known>({ sha256, facts: pluginFacts })),
  };
}

function goodOnes<T>(entries: unknown, check: (entry: unknown, where: string) => T): readonly T[] {
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry) => {
    try {
      return [check(entry, 'entry')];
    } catch {
      return [];
    }
  });
}
