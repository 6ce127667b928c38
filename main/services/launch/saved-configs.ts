/**
 * Run configurations that were given a name, by project: the folder of package.json, else the folder that the run would be in. For the owner's eyes only, in the
 * studio's own folder: a project is shared, paths and arguments of one's own are not. Values of environment variables are not written down.
 */
import { ProblemError } from '../../../core/base/result.ts';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import type { SavedConfig } from '../../../core/protocol/studio-api.ts';
import { filled, list, shape, text } from '../checks.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { launchConfig } from '../request-checks.ts';

const MAX_PROJECTS = 500;
const MAX_CONFIGS = 50;

interface Project {
  readonly folder: string;
  readonly configs: readonly SavedConfig[];
}

export class SavedConfigs {
  readonly #file: string;
  #projects: Promise<readonly Project[]> | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  async of(folder: string): Promise<readonly SavedConfig[]> {
    return (await this.#read()).find((project) => project.folder === folder)?.configs ?? [];
  }

  /** One of the same name is replaced. */
  keep(folder: string, name: string, config: LaunchConfig): Promise<readonly SavedConfig[]> {
    return this.#change(folder, (configs) => {
      const others = configs.filter((each) => each.name !== name);
      if (others.length >= MAX_CONFIGS) {
        throw new ProblemError({ code: 'many-configs', message: `This project has ${MAX_CONFIGS} configurations already.`, remedy: 'Remove one first.' });
      }
      return [...others, withoutValues(name, config)].sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  forget(folder: string, name: string): Promise<readonly SavedConfig[]> {
    return this.#change(folder, (configs) => configs.filter((each) => each.name !== name));
  }

  #read(): Promise<readonly Project[]> {
    this.#projects ??= readJsonFile(this.#file, checkProjects).then((projects) => projects ?? []);
    return this.#projects;
  }

  /** One after the other; what could not be written is not remembered either. */
  #change(folder: string, next: (configs: readonly SavedConfig[]) => readonly SavedConfig[]): Promise<readonly SavedConfig[]> {
    const changed = this.#writing.then(async () => {
      const projects = await this.#read();
      const configs = next(projects.find((project) => project.folder === folder)?.configs ?? []);
      const others = projects.filter((project) => project.folder !== folder);
      const all = configs.length === 0 ? others : [{ folder, configs }, ...others].slice(0, MAX_PROJECTS);
      await writeJsonFile(this.#file, { version: 1, projects: all });
      this.#projects = Promise.resolve(all);
      return configs;
    });
    this.#writing = changed.catch(() => {}); // Told to who asked.
    return changed;
  }
}

function withoutValues(name: string, config: LaunchConfig): SavedConfig {
  const gone = config.environment.filter(({ value }) => value !== '').map((variable) => variable.name);
  const environment = config.environment.map((variable) => ({ name: variable.name, value: '' }));
  return { name, config: { ...config, environment }, ...(gone.length > 0 && { forgotten: gone }) };
}

/** Bad entries are left out, the good ones stay. */
function checkProjects(value: unknown): readonly Project[] | undefined {
  const { projects } = (value ?? {}) as { readonly projects?: unknown };
  if (!Array.isArray(projects)) return undefined;
  return projects.slice(0, MAX_PROJECTS).flatMap((entry: unknown) => {
    const { folder, configs } = (entry ?? {}) as { readonly folder?: unknown; readonly configs?: unknown };
    if (typeof folder !== 'string' || !Array.isArray(configs)) return [];
    return [{ folder, configs: configs.slice(0, MAX_CONFIGS).flatMap(checkConfig) }];
  });
}

function checkConfig(entry: unknown): readonly SavedConfig[] {
  try {
    const { name } = shape<{ name: string }>({ name: filled(100) })(entry, 'config');
    const { config, forgotten } = entry as { readonly config?: unknown; readonly forgotten?: unknown };
    const names = forgotten === undefined ? [] : list(text(1024), 1000)(forgotten, 'forgotten');
    return [{ name, config: launchConfig(config, 'config'), ...(names.length > 0 && { forgotten: names }) }];
  } catch {
    return []; // Edited by hand or from another version.
  }
}
