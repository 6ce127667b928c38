// `node core/formats/scan/build.mjs`: trace-event-scan.as becomes ../scan-module.ts. Needed only when the former was changed; a test says so.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const source = path.join(here, 'trace-event-scan.as');
/** Enough for what is beside the text, and two pieces of it. */
const PAGES = 120;

// Not beside the sources: the compiler's own would be taken for ours.
const tools = path.join(here, '../../../.cache/scan');
const compiler = path.join(tools, 'node_modules/assemblyscript/bin/asc.js');
if (!existsSync(compiler)) {
  const install = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  mkdirSync(tools, { recursive: true });
  copyFileSync(path.join(here, 'package.json'), path.join(tools, 'package.json'));
  const { status } = spawnSync('npm', install, { cwd: tools, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('The compiler could not be installed.');
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-scan-'));
try {
  // The compiler takes nothing but .ts, and nobody else may take it for TypeScript.
  copyFileSync(source, path.join(folder, 'scan.ts'));
  const options = ['--optimizeLevel', '3', '--converge', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--initialMemory', String(PAGES)];
  const { status } = spawnSync(process.execPath, [compiler, 'scan.ts', '-o', 'scan.wasm', ...options], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('It could not be compiled, see above.');
  const bytes = readFileSync(path.join(folder, 'scan.wasm'));
  const lines = [
    '// Made by scan/build.mjs of scan/trace-event-scan.as: change that one.',
    '',
    '/** Of the source that it was made of. */',
    `export const SCAN_SOURCE_SHA256 = '${createHash('sha256').update(readFileSync(source)).digest('hex')}';`,
    '',
    '/** A WebAssembly module, in base64. */',
    'export const SCAN_MODULE =',
    `  '${bytes.toString('base64')}';`,
    '',
  ];
  writeFileSync(path.join(here, '../scan-module.ts'), lines.join('\n'));
  console.log(`${bytes.length} bytes in core/formats/scan-module.ts`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
