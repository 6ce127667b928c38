// `npm run check`: types of every environment, lint and format. Each failing check prints its remedy.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/** By its place: the compiler that is bundled has a command of the same name. */
const tsc = path.join(root, 'node_modules/typescript/bin/tsc');

const PROJECTS = ['core', 'core/tracer', 'core/instrument', 'main', 'preload', 'renderer', 'renderer/trace', 'test'];
const CHECKS = [
  { name: 'lint and format', command: [bin('biome'), 'check', '.'], remedy: 'npm run format (what it cannot mend is told above with its line)' },
  // One that has vanished fails: tsc says that it is not there.
  ...PROJECTS.map((project) => ({
    name: `types of ${project}`,
    command: [process.execPath, tsc, '-p', project],
    remedy: `mend the types told above, then: node node_modules/typescript/bin/tsc -p ${project}`,
  })),
];

let failed = 0;
/** What has ended, by its place: told in the order of the list. */
const told = [];
let next = 0;

function tell({ name, remedy }, { status, output }) {
  if (status === 0) return console.log(`ok      ${name}`);
  failed += 1;
  console.log(`FAILED  ${name}\n${output}  remedy: ${remedy}`);
}

function run([file, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', (error) => resolve({ status: 1, output: `${error.message}\n` }));
    child.once('close', (status) => resolve({ status, output }));
  });
}

async function work() {
  for (let place = next++; place < CHECKS.length; place = next++) told[place] = await run(CHECKS[place].command);
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
for (const [place, result] of told.entries()) tell(CHECKS[place], result);
process.exitCode = failed > 0 ? 1 : 0;
