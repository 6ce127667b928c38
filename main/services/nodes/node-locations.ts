/** Where Nodes are kept: PATH, the version managers, the system. Looks at folders only; nothing is started here. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isExecutableFile, pathVariable } from '../launch/find-program.ts';

export interface NodeCandidate {
  readonly path: string;
  readonly source: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** In the order in which they win when two lead to the same file. */
export async function nodeCandidates(environment: Environment, home: string, platform: NodeJS.Platform = process.platform): Promise<readonly NodeCandidate[]> {
  const binary = platform === 'win32' ? 'node.exe' : 'node';
  const onPath = pathVariable(environment)
    .value.split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => ({ path: path.join(folder, binary), source: 'PATH' }));
  const found: NodeCandidate[] = [];
  for (const candidate of onPath) if (await isExecutableFile(candidate.path)) found.push(candidate);
  for (const { source, pattern } of managerPatterns(environment, home, platform)) {
    for (const file of await expand(pattern)) if (await isExecutableFile(file)) found.push({ path: file, source });
  }
  return found;
}

interface Pattern {
  readonly source: string;
  /** Absolute; a part that is or holds `*` matches the names of a folder. */
  readonly pattern: string;
}

function managerPatterns(environment: Environment, home: string, platform: NodeJS.Platform): readonly Pattern[] {
  const at = (variable: string, ...fallback: string[]) => environment[variable] || path.join(home, ...fallback);
  if (platform === 'win32') {
    const appData = environment.APPDATA ?? path.join(home, 'AppData', 'Roaming');
    const localAppData = environment.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local');
    return [
      { source: 'nvm', pattern: path.join(environment.NVM_HOME ?? path.join(appData, 'nvm'), 'v*', 'node.exe') },
      { source: 'fnm', pattern: path.join(environment.FNM_DIR ?? path.join(appData, 'fnm'), 'node-versions', '*', 'installation', 'node.exe') },
      {
        source: 'volta',
        pattern: path.join(environment.VOLTA_HOME ?? path.join(localAppData, 'Volta'), 'tools', 'image', 'node', '*', 'node.exe'),
      },
      { source: 'mise', pattern: path.join(environment.MISE_DATA_DIR ?? path.join(localAppData, 'mise'), 'installs', 'node', '*', 'node.exe') },
      { source: 'system', pattern: path.join(environment.ProgramFiles ?? 'C:\\Program Files', 'nodejs', 'node.exe') },
    ];
  }
  const bin = path.join('bin', 'node');
  return [
    { source: 'nvm', pattern: path.join(at('NVM_DIR', '.nvm'), 'versions', 'node', '*', bin) },
    { source: 'fnm', pattern: path.join(at('FNM_DIR', '.local', 'share', 'fnm'), 'node-versions', '*', 'installation', bin) },
    { source: 'fnm', pattern: path.join(home, '.fnm', 'node-versions', '*', 'installation', bin) },
    { source: 'fnm', pattern: path.join(home, 'Library', 'Application Support', 'fnm', 'node-versions', '*', 'installation', bin) },
    { source: 'volta', pattern: path.join(at('VOLTA_HOME', '.volta'), 'tools', 'image', 'node', '*', bin) },
    { source: 'asdf', pattern: path.join(at('ASDF_DATA_DIR', '.asdf'), 'installs', 'nodejs', '*', bin) },
    { source: 'mise', pattern: path.join(at('MISE_DATA_DIR', '.local', 'share', 'mise'), 'installs', 'node', '*', bin) },
    { source: 'nodenv', pattern: path.join(at('NODENV_ROOT', '.nodenv'), 'versions', '*', bin) },
    { source: 'n', pattern: path.join(environment.N_PREFIX || '/usr/local', 'n', 'versions', 'node', '*', bin) },
    { source: 'homebrew', pattern: '/opt/homebrew/bin/node' },
    { source: 'homebrew', pattern: '/opt/homebrew/opt/node@*/bin/node' },
    { source: 'homebrew', pattern: '/usr/local/opt/node@*/bin/node' },
    { source: 'homebrew', pattern: '/home/linuxbrew/.linuxbrew/bin/node' },
    { source: 'system', pattern: '/usr/local/bin/node' },
    { source: 'system', pattern: '/usr/bin/node' },
    { source: 'system', pattern: '/opt/node*/bin/node' },
  ];
}

async function expand(pattern: string): Promise<readonly string[]> {
  const { root } = path.parse(pattern);
  let paths = [root];
  for (const part of pattern.slice(root.length).split(path.sep)) {
    if (!part.includes('*')) {
      paths = paths.map((folder) => path.join(folder, part));
      continue;
    }
    const [before = '', after = ''] = part.split('*');
    const lists = await Promise.all(paths.map(async (folder) => (await names(folder)).map((name) => ({ folder, name }))));
    paths = lists
      .flat()
      .filter(({ name }) => name.startsWith(before) && name.endsWith(after))
      .map(({ folder, name }) => path.join(folder, name));
  }
  return paths;
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch {
    return []; // The manager is not installed.
  }
}
