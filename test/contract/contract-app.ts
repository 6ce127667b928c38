/** The built main and preload, unmodified, in a folder of their own with the contract page as their window. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.join(here, '..', '..');

export interface ContractApp {
  readonly folder: string;
  remove(): void;
}

export async function makeContractApp(): Promise<ContractApp> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'contract-app-'));
  for (const part of ['package.json', 'dist/main', 'dist/preload', 'dist/collector', 'dist/tracer', 'examples', 'main/electron/icons']) {
    const from = path.join(repository, part);
    if (!existsSync(from)) throw new Error(`the contract tests run what is built, and ${part} is not there: run \`npm run build\` first`);
    cpSync(from, path.join(folder, part), { recursive: true });
  }
  const renderer = path.join(folder, 'dist', 'renderer');
  mkdirSync(renderer, { recursive: true });
  cpSync(path.join(here, 'page', 'index.html'), path.join(renderer, 'index.html'));
  const bundle = await rolldown({ input: path.join(here, 'page', 'page.ts'), platform: 'browser' });
  await bundle.write({ file: path.join(renderer, 'page.js'), format: 'esm' });
  await bundle.close();
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
