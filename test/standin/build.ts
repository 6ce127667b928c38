/** Bundles the stand-in for plain Node (CommonJS) and for pages (classic scripts). Some 100 ms; done at most once per process. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = path.dirname(fileURLToPath(import.meta.url));
// Not in test/output, which a test run empties at its start while another may be under way.
const output = path.join(here, '..', '..', '.cache', 'standin');

const NODE_FILES = { 'register.cjs': 'register.ts', 'electron-main.cjs': 'main/electron-main.ts', 'utility-main.cjs': 'utility/utility-main.ts' };
const PAGE_FILES = { 'isolated-world.js': 'page/isolated-world.ts', 'main-world.js': 'page/main-world.ts' };

let built: Promise<string> | undefined;

/** Resolves with the path of register.cjs. */
export function buildStandin(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  mkdirSync(output, { recursive: true });
  const node = Object.entries(NODE_FILES).map(([file, entry]) => bundle(entry, file, 'cjs'));
  const page = Object.entries(PAGE_FILES).map(([file, entry]) => bundle(entry, file, 'iife'));
  await Promise.all([...node, ...page]);
  return path.join(output, 'register.cjs');
}

async function bundle(entry: string, file: string, format: 'cjs' | 'iife'): Promise<void> {
  const bundled = await rolldown({
    input: path.join(here, entry),
    platform: format === 'cjs' ? 'node' : 'browser',
    external: ['ws'],
    onLog: (level, log) => level === 'warn' && console.warn(`stand-in: ${entry}: ${log.message}`),
  });
  const { output: chunks } = await bundled.generate({ format, codeSplitting: false, exports: 'auto' });
  await bundled.close();
  writeIfNew(path.join(output, file), chunks[0].code);
}

/** Several test processes build at once: nobody may read a half-written file. */
function writeIfNew(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) return;
  } catch {
    // Not there yet.
  }
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}
