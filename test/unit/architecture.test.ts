/**
 * The import table: who may know whom. One row a folder; a file without a row fails, and so does an entry that no file needs.
 * Type-only imports count: a contract that takes its types from both of its ends is no contract.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Folder -> folders it may import, packages it may import (`node:` stands for Node's own modules). The own folder is always allowed, `core/base` to all. */
const ALLOWED: Readonly<Record<string, readonly [folders: readonly string[], packages: readonly string[]]>> = {
  'core/base': [[], []],
  'core/protocol': [[], []],
  'core/model': [['core/protocol'], []],
  'core/formats': [['core/model', 'core/protocol'], []],
  'core/events': [['core/protocol'], []],
  'core/plugin-api': [['core/protocol'], []],
  'core/instrument': [[], ['amaro', 'get-tsconfig', 'meriyah', 'picomatch', 'typescript-js', '@jridgewell/trace-mapping']],
  // Loaded lazily, for inline use and for plugins: the rest of the tracer is in every process from its first line.
  'core/tracer/save': [['core/protocol', 'core/model', 'core/formats', 'core/plugin-api'], ['node:']],
  // In a worker of its own, started when somebody wants samples.
  'core/tracer/sampling': [
    ['core/protocol', 'core/tracer', 'core/instrument'],
    ['node:', '@jridgewell/trace-mapping'],
  ],
  'core/tracer': [['core/protocol', 'core/events', 'core/plugin-api', 'core/instrument', 'core/tracer/save', 'core/tracer/sampling'], ['node:']],
  'core/plugins': [[], ['node:', 'trace-studio']],
  'main/collector': [['core/protocol', 'main/services/host-port.ts'], ['node:']],
  // The debugger of a running process speaks WebSocket, and Node 20 has no client for it.
  'main/services/attach': [
    ['core/protocol', 'main/services'],
    ['node:', 'ws'],
  ],
  'main/services': [['core/protocol', 'core/formats', 'core/plugin-api', 'core/instrument/source-maps.ts', 'main/services/attach'], ['node:']],
  'main/web': [
    ['core/protocol', 'main/services'],
    ['node:', 'ws'],
  ],
  'main/electron': [
    ['core/protocol', 'main/services'],
    ['node:', 'electron'],
  ],
  'main/cli': [['core/protocol', 'main/services', 'main/collector', 'main/web'], ['node:']],
  preload: [['core/protocol'], ['electron']],
  'renderer/trace': [['core/protocol', 'core/model', 'core/formats'], []],
  'renderer/state': [
    ['core/protocol', 'renderer/trace/trace-worker-api.ts'],
    ['zustand', 'react'],
  ],
  'renderer/bridge': [['core/protocol', 'renderer/trace'], []],
  'renderer/drawing': [[], []],
  'renderer/widgets': [[], ['react', '@base-ui/react', 'lucide-react', 'react-resizable-panels']],
  'renderer/features': [
    ['core/protocol', 'core/plugin-api', 'renderer/state', 'renderer/drawing', 'renderer/widgets', 'renderer/trace/trace-worker-api.ts'],
    ['react', '@base-ui/react', 'lucide-react', 'anser', '@tanstack/react-virtual', 'lowlight', 'highlight.js'],
  ],
  'renderer/app': [
    ['core/protocol', 'renderer/state', 'renderer/bridge', 'renderer/widgets', 'renderer/features', 'renderer/trace/trace-worker-api.ts'],
    ['react', '@base-ui/react', 'lucide-react', 'dockview-react'],
  ],
  'renderer/main.tsx': [['renderer/app', 'renderer/bridge'], ['react-dom']],
  'renderer/report.tsx': [['renderer/app', 'renderer/bridge'], ['react-dom']],
};

/** Folders whose direct children may not import each other: each is a thing of its own with one entry. Files beside them are for all. */
const ISLANDS = ['renderer/features', 'core/plugins'];

const layerOf = (file: string): string | undefined => Object.keys(ALLOWED).find((layer) => file === layer || file.startsWith(`${layer}/`));
const within = (file: string, places: readonly string[]): boolean => places.some((place) => file === place || file.startsWith(`${place}/`));
const packageOf = (specifier: string): string =>
  isBuiltin(specifier)
    ? 'node:'
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');

function islandOf(file: string): string | undefined {
  const island = ISLANDS.find((folder) => file.startsWith(`${folder}/`));
  const [child, inside] = island ? file.slice(island.length + 1).split('/') : [];
  return inside && `${island}/${child}`;
}

function sources(): string[] {
  const files: string[] = [];
  for (const top of ['core', 'main', 'preload', 'renderer']) {
    for (const entry of readdirSync(path.join(root, top), { recursive: true, encoding: 'utf8' })) {
      if (/\.(c|m)?tsx?$/.test(entry) && !entry.endsWith('.d.ts')) files.push(`${top}/${entry.replaceAll('\\', '/')}`);
    }
  }
  return files;
}

/** Every specifier of a file: import, export from, and import(). */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const { module } = parseSync(file, text);
  return [
    ...module.staticImports.map((found) => found.moduleRequest.value),
    ...module.staticExports.flatMap((found) => found.entries.flatMap((entry) => (entry.moduleRequest ? [entry.moduleRequest.value] : []))),
    // A computed path cannot be told here; there is one, of a file that lies beside the tracer at run time.
    ...module.dynamicImports
      .map((found) => text.slice(found.moduleRequest.start, found.moduleRequest.end))
      .flatMap((found) => (/^['"]/.test(found) ? [found.slice(1, -1)] : [])),
  ];
}

const targetOf = (file: string, specifier: string): string => path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier.replace(/\?.*$/, '')));

/** Entries of the table that no import needs: a right that nobody uses is one that somebody takes by accident. */
function needlessEntries(files: readonly string[]): string[] {
  return Object.entries(ALLOWED).flatMap(([layer, [folders, packages]]) => {
    const own = files.filter((file) => layerOf(file) === layer);
    const imports = own.flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })));
    const isUsed = (folder: string) => imports.some(({ file, specifier }) => specifier.startsWith('.') && within(targetOf(file, specifier), [folder]));
    const used = new Set(imports.map(({ specifier }) => packageOf(specifier)));
    return [...(own.length === 0 ? ['no file'] : []), ...folders.filter((folder) => !isUsed(folder)), ...packages.filter((name) => !used.has(name))].map(
      (entry) => `${layer}: ${entry}`,
    );
  });
}

function problemsOf(file: string): string[] {
  const layer = layerOf(file);
  if (!layer) return [`${file}: no row for this file; add one to the table or move the file`];
  const [folders, packages] = ALLOWED[layer] as (typeof ALLOWED)[string];
  return importsOf(file).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return packages.includes(packageOf(specifier)) ? [] : [`${file}: package ${specifier} is not for ${layer}`];
    const target = targetOf(file, specifier);
    if (layerOf(target) !== layer && !within(target, ['core/base', ...folders]) && !/\.(css|svg)$/.test(target))
      return [`${file}: ${layer} may not import ${target}`];
    const from = islandOf(file);
    const to = islandOf(target);
    return from && to && from !== to ? [`${file}: ${from} may not import ${to}`] : [];
  });
}

describe('imports follow the table', () => {
  const files = sources();
  it('finds the sources', () => expect(files.length).toBeGreaterThan(20));
  it('no file reaches where its folder may not', () => {
    expect(files.flatMap(problemsOf), 'move the code to where it belongs, or change the table in test/unit/architecture.test.ts and say why').toEqual([]);
  });
  it('no entry of the table is without need', () => {
    expect(needlessEntries(files), 'take the entry out of the table in test/unit/architecture.test.ts').toEqual([]);
  });
});

describe('one version', () => {
  it('package.json and core/protocol/version.ts agree', async () => {
    const { STUDIO_VERSION } = await import('../../core/protocol/version.ts');
    expect(STUDIO_VERSION).toBe(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version);
  });
});
