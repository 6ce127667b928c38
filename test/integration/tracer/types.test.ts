/**
 * What users write compiles without a cast, with either kind of decorator, in TypeScript and in checked JavaScript, as ES modules and as
 * CommonJS; what they should not write does not.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

it.each(['tsconfig.json', 'tsconfig.legacy.json', 'tsconfig.node.json'])('compiles what %s names', (config) => {
  const project = path.join(root, 'test/fixtures/tracer/types', config);
  const run = spawnSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(run.status).toBe(0);
});
