// Builds everything into dist/. `--if-stale` does nothing when dist is newer than every source.
//
//   dist/main      Electron main (CommonJS)            dist/cli        the command `trace-studio` (CommonJS)
//   dist/preload   Electron preload (CommonJS)         dist/collector  collector process, export worker (CommonJS)
//   dist/renderer  the window (Vite)                   dist/report     the page of HTML reports (Vite)
//   dist/tracer     what runs in the target, and the package's API
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { build as viteBuild } from 'vite';

// Whoever asks for it: a test runner has another one, and React would be its slow kind, which runs effects twice.
process.env.NODE_ENV = 'production';

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, 'dist');
const stamp = path.join(dist, '.stamp');

/** The built-in plugins: `vizplugins.cpu_usage` is core/plugins/cpu-usage. */
const PLUGINS = ['cpu-usage', 'memory-usage', 'event-loop', 'gc', 'active-handles'].map((folder) => ({ folder, name: folder.replaceAll('-', '_') }));

/**
 * Node programs: output file, entry, and what stays a `require`. Everything else is bundled, so the package has no dependencies.
 * `instead`: files of ours that stand for modules of Node in this program.
 */
const PROGRAMS = [
  { entry: 'main/electron/main.ts', file: 'main/main.cjs', external: ['electron'] },
  { entry: 'preload/preload.ts', file: 'preload/preload.cjs', external: ['electron'] },
  { entry: 'main/cli/trace-studio.ts', file: 'cli/trace-studio.cjs', external: ['electron'], banner: '#!/usr/bin/env node' },
  {
    entry: 'main/cli/run.ts',
    file: 'cli/run.cjs',
    external: [],
    instead: { 'node:fs/promises': 'main/cli/quick-files.ts', 'node:crypto': 'main/cli/quick-crypto.ts' },
  },
  { entry: 'main/cli/record.ts', file: 'cli/record.cjs', external: [] },
  { entry: 'main/cli/studio.ts', file: 'cli/studio.cjs', external: [] },
  { entry: 'main/cli/attach.ts', file: 'cli/attach.cjs', external: [] },
  { entry: 'main/cli/export.ts', file: 'cli/export.cjs', external: [] },
  { entry: 'main/cli/traces.ts', file: 'cli/traces.cjs', external: [] },
  { entry: 'main/collector/collector-process.ts', file: 'collector/collector.cjs', external: [] },
  { entry: 'main/services/export/export-worker.ts', file: 'collector/export-worker.cjs', external: [] },
  { entry: 'core/tracer/tracer.ts', file: 'tracer/tracer.cjs', external: [] },
  { entry: 'core/tracer/drain.ts', file: 'tracer/drain.cjs', external: [] },
  { entry: 'core/tracer/sampling/sampler.ts', file: 'tracer/sampler.cjs', external: [] },
  // Strict: functions of it stand in for Node's own, which are.
  { entry: 'core/tracer/runtime/runtime-capture.ts', file: 'tracer/runtime-capture.cjs', external: [], banner: "'use strict';" },
  { entry: 'core/tracer/inline/tracer-plugins.ts', file: 'tracer/tracer-plugins.cjs', external: [] },
  { entry: 'core/tracer/save/save.ts', file: 'tracer/save.cjs', external: [] },
  { entry: 'core/instrument/strip-types.ts', file: 'tracer/strip-types.cjs', external: [] },
  { entry: 'core/instrument/typescript-compiler.ts', file: 'tracer/typescript.cjs', external: ['source-map-support'], minify: true },
  { entry: 'core/instrument/tsconfig-file.ts', file: 'tracer/tsconfig-file.cjs', external: [] },
  { entry: 'core/tracer/typescript-files.ts', file: 'tracer/typescript-files.cjs', external: [] },
  // Run in a realm of their own: see core/tracer/calls/own-realm.ts.
  { entry: 'core/instrument/instrument-file.ts', file: 'tracer/instrument.cjs', external: [] },
  { entry: 'core/instrument/original-positions.ts', file: 'tracer/original-positions.cjs', external: [] },
  { entry: 'core/instrument/file-globs.ts', file: 'tracer/file-globs.cjs', external: [] },
  { entry: 'core/tracer/calls/trace-calls.ts', file: 'tracer/calls.cjs', external: [] },
  { entry: 'core/tracer/api.ts', file: 'tracer/api.cjs', external: [] },
  { entry: 'core/tracer/plugins/target-plugins.ts', file: 'tracer/target-plugins.cjs', external: [] },
  { entry: 'core/tracer/plugin-host.ts', file: 'tracer/plugin-host.cjs', external: [] },
  { entry: 'core/tracer/plugin-probe.ts', file: 'tracer/plugin-probe.cjs', external: [] },
  { entry: 'core/tracer/config-probe.ts', file: 'tracer/config-probe.cjs', external: [] },
  // On the package's own API, like a user's plugin: the tracer that loads them has it.
  ...PLUGINS.map(({ folder, name }) => ({ entry: `core/plugins/${folder}/${folder}.ts`, file: `tracer/plugins/${name}.cjs`, external: ['trace-studio'] })),
];

/** Files that plain Node reads as they are. */
const COPIES = [
  ['core/tracer/preload.cjs', 'tracer/preload.cjs'],
  ['core/tracer/api.mjs', 'tracer/api.mjs'],
  ['core/tracer/resolve-hooks.mjs', 'tracer/resolve-hooks.mjs'],
  ...PLUGINS.map(({ folder, name }) => [`core/plugins/${folder}/README.md`, `tracer/plugins/${name}.md`]),
];

function sourceHash() {
  const hash = createHash('sha256');
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(full);
      else {
        const { mtimeMs, size } = statSync(full);
        hash.update(`${full}\0${size}\0${mtimeMs}\n`);
      }
    }
  };
  for (const folder of ['core', 'main', 'preload', 'renderer', 'docs']) visit(path.join(root, folder));
  for (const file of ['package.json', 'build.mjs', 'vite.config.mjs', 'vite.report.config.mjs']) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

async function buildProgram({ entry, file, external, banner, minify = false, instead = {} }) {
  if (!existsSync(path.join(root, entry))) throw new Error(`build: ${entry} does not exist`);
  const bundle = await rolldown({
    input: path.join(root, entry),
    platform: 'node',
    external,
    resolve: { conditionNames: ['node', 'require', 'default'] },
    // ws looks for these two optional native helpers and works without them.
    plugins: [
      { name: 'optional-natives', resolveId: (id) => (id === 'bufferutil' || id === 'utf-8-validate' ? { id, external: true } : undefined) },
      { name: 'instead', resolveId: (id) => (Object.hasOwn(instead, id) ? path.join(root, instead[id]) : undefined) },
    ],
    onLog: (level, log) => level === 'warn' && log.code !== 'EVAL' && console.warn(`build: ${entry}: ${log.message}`),
  });
  const { output } = await bundle.write({
    file: path.join(dist, file),
    format: 'cjs',
    sourcemap: !minify,
    minify,
    banner,
    codeSplitting: false,
    exports: 'auto',
  });
  await bundle.close();
  bundled(output);
}

/** Folders of packages of which something is in what was built. */
const packages = new Set();

function bundled(output) {
  for (const file of output) {
    for (const id of file.moduleIds ?? []) {
      const folder = /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1];
      if (folder !== undefined) packages.add(folder);
    }
  }
}

/** The licences of all packages that are bundled, which have to go with them. Fonts are packages that only styles name. */
function writeLicences() {
  for (const name of Object.keys(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).devDependencies)) {
    if (name.startsWith('@fontsource')) packages.add(path.join(root, 'node_modules', name));
  }
  const texts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const notices = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|thirdparty)/i.test(file) && statSync(path.join(folder, file)).isFile());
    return [`${name} ${version} (${license})`, ...notices.map((file) => readFileSync(path.join(folder, file), 'utf8').trim())].join('\n\n');
  });
  writeFileSync(path.join(dist, 'third-party-licenses.txt'), `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}

/** Declarations of the package's API, once for each module kind: a CommonJS program may not take the types of an ES module. */
function writeTypes() {
  execFileSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'core/tracer/tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  const [esm, cjs] = ['esm', 'cjs'].map((kind) => path.join(dist, 'types', kind));
  cpSync(esm, cjs, { recursive: true });
  writeFileSync(path.join(esm, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(path.join(cjs, 'package.json'), '{ "type": "commonjs" }\n');
}

/**
 * The page that a report is: one file that asks nobody for anything, with a place for the trace. A page from a file may start neither a module nor a
 * worker of another file, so code, styles and the letters of Latin scripts lie in it as text.
 */
async function buildReport() {
  const folder = path.join(dist, 'report');
  bundled((await viteBuild({ configFile: path.join(root, 'vite.report.config.mjs'), logLevel: 'warn' })).output);
  const files = readdirSync(folder);
  const read = (end) =>
    readFileSync(
      path.join(
        folder,
        files.find((file) => file.endsWith(end)),
      ),
      'utf8',
    );
  const styles = read('.css').replace(/@font-face\{[^}]*\}/g, (face) => {
    const [, file] = /url\((?:\.\/)?([^)]+-latin-wght-normal[^)]*\.woff2)\)/.exec(face) ?? [];
    return file === undefined ? '' : face.replace(/url\([^)]+\)/, `url(data:font/woff2;base64,${readFileSync(path.join(folder, file)).toString('base64')})`);
  });
  // Nothing is loaded from anywhere, and nothing is sent: the page's own rule, whatever a trace holds.
  const rule = "default-src 'none'; script-src 'unsafe-inline'; worker-src blob: data:; style-src 'unsafe-inline'; font-src data:; img-src data: blob:";
  const page = `<!doctype html>
<html lang="en" data-theme="dark">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${rule}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Trace Studio</title>
<style>${styles.replaceAll('</style', '<\\/style')}</style>
</head>
<body>
<div id="root"></div>
<!--TRACE-->
<script>${read('.js').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}</script>
</body>
</html>
`;
  for (const file of files) rmSync(path.join(folder, file), { recursive: true });
  writeFileSync(path.join(folder, 'report.html'), page);
}

async function build() {
  const hash = sourceHash();
  if (process.argv.includes('--if-stale') && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
  const wanted = only ? PROGRAMS.filter((program) => program.file.startsWith(only)) : PROGRAMS;
  if (!only) rmSync(dist, { recursive: true, force: true });
  const began = performance.now();
  await Promise.all(wanted.map(buildProgram));
  for (const [from, to] of COPIES) {
    if (only && !to.startsWith(only)) continue;
    mkdirSync(path.dirname(path.join(dist, to)), { recursive: true });
    writeFileSync(path.join(dist, to), readFileSync(path.join(root, from)));
  }
  if (!only || only === 'types') writeTypes();
  if (!only || only === 'renderer') bundled((await viteBuild({ configFile: path.join(root, 'vite.config.mjs'), logLevel: 'warn' })).output);
  if (!only || only === 'report') await buildReport();
  if (!only) writeLicences();
  if (!only) writeFileSync(stamp, hash);
  console.log(`built ${path.relative(process.cwd(), dist) || dist} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

try {
  await build();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
