// `npm run check`: types of every environment, lint and format. Each failing check prints its remedy.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

const PROJECTS = ['core', 'core/tracer', 'core/instrument', 'main', 'preload', 'renderer', 'renderer/trace', 'test'];
const CHECKS = [
  { name: 'lint and format', command: [bin('biome'), 'check', '.'], remedy: 'npm run format (what it cannot mend is told above with its line)' },
  // One that has vanished fails: tsc says that it is not there.
  ...PROJECTS.map((project) => ({
    name: `types of ${project}`,
    command: [bin('tsc'), '-p', project],
    remedy: `mend the types told above, then: npx tsc -p ${project}`,
  })),
];

let failed = 0;
for (const { name, command, remedy } of CHECKS) {
  const [file, ...args] = command;
  const run = spawnSync(file, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (run.status === 0) {
    console.log(`ok      ${name}`);
    continue;
  }
  failed += 1;
  console.log(`FAILED  ${name}\n${run.stdout}${run.stderr}${run.error ? `${run.error.message}\n` : ''}  remedy: ${remedy}`);
}
process.exitCode = failed > 0 ? 1 : 0;
