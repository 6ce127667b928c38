// `node wasm/build.mjs`: trace-event-scan.ts becomes core/formats/scan-module.ts. Needed only when the former was changed; a test says so.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;
const source = path.join(here, 'trace-event-scan.ts');
/** Enough for what is beside the text, and two pieces of it. */
const PAGES = 120;

export const digestOf = (text) => createHash('sha256').update(text).digest('hex');

export function compile() {
  const compiler = path.join(here, 'node_modules/assemblyscript/bin/asc.js');
  if (!existsSync(compiler)) {
    const install = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
    const { status } = spawnSync('npm', install, { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error('The compiler could not be installed.');
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-wasm-'));
  try {
    const output = path.join(folder, 'scan.wasm');
    const options = ['--optimizeLevel', '3', '--converge', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--initialMemory', String(PAGES)];
    const { status } = spawnSync(process.execPath, [compiler, 'trace-event-scan.ts', '-o', output, ...options], { cwd: here, stdio: 'inherit' });
    if (status !== 0) throw new Error('It could not be compiled, see above.');
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const bytes = compile();
  const file = path.join(here, '../core/formats/scan-module.ts');
  const lines = [
    '// Made by wasm/build.mjs of wasm/trace-event-scan.ts: change that one.',
    '',
    '/** Of the source that it was made of. */',
    `export const SCAN_SOURCE_SHA256 = '${digestOf(readFileSync(source, 'utf8'))}';`,
    '',
    '/** A WebAssembly module, in base64. */',
    'export const SCAN_MODULE =',
    `  '${bytes.toString('base64')}';`,
    '',
  ];
  writeFileSync(file, lines.join('\n'));
  console.log(`${bytes.length} bytes in core/formats/scan-module.ts`);
}
