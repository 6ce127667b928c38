// `npm test`: everything, from a clean clone. `npm test -- unit e2e` runs the named groups only; `programs=all` runs real programs on every
// version of Node, not on the one alone that runs the tests.
//
// Groups run one after the other: real processes and a real browser on a small machine do not need company. Where there are two lanes,
// neither keeps more than one core busy, and both take about as long.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { findOrInstallChromium } from './helpers/find-chromium.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const output = path.join(root, 'test', 'output');
const totals = { passed: 0, failed: 0, skipped: 0 };
/** `group › test: first line of the message`, told again at the end: a log may be cut in its middle. */
const failures = [];
/** `group › file › test`: passed, but not at once. */
const furtherTries = [];
/** `group › file › test: why`, where it says why. */
const skips = [];
const durations = [];
const SLOWEST = 20;

/** Runs `node` and what it says: at once, or, for a group that has company, as a whole when it is `told`. */
function node(args, told, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', told ? 'pipe' : 'inherit', told ? 'pipe' : 'inherit'],
      env: { ...process.env, ...env },
    });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => told.push(text));
    child.once('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
}

const vitest = (project) => async (told) => {
  const report = path.join(output, `${project}.json`);
  const toldAtTheEnd = path.join(output, `${project}-told-at-the-end.json`);
  const reporters = ['default', 'json', path.join(root, 'test/helpers/told-at-the-end.mjs')].map((reporter) => `--reporter=${reporter}`);
  await node(['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters, `--outputFile.json=${report}`], told, {
    TOLD_AT_THE_END: toldAtTheEnd,
  });
  const { numPassedTests, numFailedTests, numPendingTests, success, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that fails before its first test counts as a failure too.
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const broken = brokenFiles.length;
  for (const file of brokenFiles) tellFailure(project, path.relative(root, file.name), file.message);
  for (const file of testResults) {
    for (const test of file.assertionResults) {
      const name = `${path.relative(root, file.name)} › ${test.fullName}`;
      durations.push({ name: `${project} › ${name}`, ms: test.duration ?? 0 });
      if (test.status === 'failed') tellFailure(project, name, test.failureMessages[0]);
    }
  }
  const more = JSON.parse(readFileSync(toldAtTheEnd, 'utf8'));
  const nameOf = ({ file, title }) => `${project} › ${path.relative(root, file)} › ${title}`;
  for (const test of more.furtherTries) furtherTries.push(`${nameOf(test)} (${test.tries} tries)`);
  for (const test of more.skipped) skips.push(`${nameOf(test)}${test.reason ? `: ${test.reason}` : ''}`);
  return { passed: numPassedTests, failed: numFailedTests + broken + (success || numFailedTests + broken > 0 ? 0 : 1), skipped: numPendingTests };
};

function tellFailure(group, what, message) {
  failures.push(`${group} › ${what}: ${stripVTControlCharacters(message ?? '').split('\n', 1)[0]}`);
}

const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];

const playwright =
  (name, config, env = {}) =>
  async (told) => {
    const report = path.join(output, `${name}.json`);
    await node(['node_modules/playwright/cli.js', 'test', '--config', config, '--reporter=list,json'], told, { PLAYWRIGHT_JSON_OUTPUT_NAME: report, ...env });
    const { stats, errors, suites } = JSON.parse(readFileSync(report, 'utf8'));
    for (const { file, title, tests } of suites.flatMap(specsOf)) {
      for (const { status, results, projectName, annotations } of tests) {
        const what = `${file} › ${title} (${projectName})`;
        durations.push({ name: `${name} › ${what}`, ms: results.reduce((sum, { duration }) => sum + duration, 0) });
        if (status === 'unexpected') tellFailure(name, what, results.at(-1)?.error?.message);
        else if (status === 'flaky') furtherTries.push(`${name} › ${what} (${results.length} tries)`);
        else if (status === 'skipped') skips.push(`${name} › ${what}: ${annotations.find(({ type }) => type === 'skip')?.description ?? ''}`);
      }
    }
    for (const error of errors) tellFailure(name, 'the run itself', error.message);
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped };
  };

const check = async (told) => ((await node(['test/check.mjs'], told)) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 });

/** One after the other; the lanes of a step side by side, and the groups of a lane one after the other. */
const STEPS = [
  [[{ name: 'check', run: check }]],
  [[{ name: 'unit', run: vitest('unit') }]],
  [[{ name: 'integration', run: vitest('integration') }]],
  [
    [
      { name: 'programs', run: vitest('programs') },
      { name: 'packaging', run: vitest('packaging') },
      { name: 'contract', run: playwright('contract', 'test/contract/playwright.config.ts') },
    ],
    [{ name: 'fuzz', run: vitest('fuzz') }],
  ],
  [[{ name: 'e2e', run: playwright('e2e', 'test/e2e/playwright.config.ts') }]],
  // By name only: pictures for people.
  [[{ name: 'pictures', run: playwright('pictures', 'test/e2e/playwright.config.ts', { TRACE_STUDIO_PICTURES: '1' }), isAsked: true }]],
];
const GROUPS = STEPS.flat(2);

/** The oldest Node that is supported, 22, 24 and 26 for the matrix; only Linux x64 has them on npm. Tests that miss one say so. */
function installNodeMatrix() {
  const folder = path.join(root, 'test', 'node-matrix');
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return console.log('Other Node versions are tested on Linux x64 only: those rows are skipped here.');
  if ([20, 22, 24, 26].every((major) => existsSync(path.join(folder, 'node_modules', `node-${major}`, 'bin', 'node')))) return;
  console.log('Installing Node 20.19.0, 22, 24 and 26 for the matrix.');
  if (!installed(folder)) console.log('They could not be installed: those rows are skipped.');
}

/** Real programs that are run with and without the tracer. */
function installPrograms() {
  const folder = path.join(root, 'test', 'programs');
  const { dependencies } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const isThere = ([name, version]) => {
    const manifest = path.join(folder, 'node_modules', name, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
  };
  if (Object.entries(dependencies).every(isThere)) return;
  console.log('Installing the real programs that are traced.');
  if (!installed(folder)) console.log('They could not be installed: they are skipped.');
}

/** `npm install` in a folder of the tests that has packages of its own. */
const installed = (cwd) =>
  spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] }).status ===
  0;

async function main() {
  const words = process.argv.slice(2);
  const wanted = words.map((word) => word.replace(/=all$/, ''));
  if (words.includes('programs=all')) process.env.TRACE_STUDIO_PROGRAMS = 'all';
  const unknown = wanted.filter((name) => !GROUPS.some((group) => group.name === name));
  if (unknown.length > 0) throw new Error(`No test group is called ${unknown.join(', ')}. Groups: ${GROUPS.map((group) => group.name).join(', ')}.`);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  process.env.PLAYWRIGHT_CHROMIUM_PATH = await findOrInstallChromium();
  installNodeMatrix();
  // A test of the integration group takes its compiler from there.
  if (wanted.length === 0 || wanted.includes('programs') || wanted.includes('integration')) installPrograms();
  if (!(await node(['build.mjs', '--if-stale']))) throw new Error('The build failed, see above.');
  const isWanted = ({ name, isAsked }) => (wanted.length > 0 ? wanted.includes(name) : !isAsked);
  for (const step of STEPS) {
    const [first, ...others] = step.map((lane) => lane.filter(isWanted)).filter(({ length }) => length > 0);
    if (!first) continue;
    const running = runLane(first);
    await Promise.all([running, ...others.map((lane) => runLane(lane, { told: [], after: running }))]);
  }
  durations.sort((a, b) => b.ms - a.ms);
  console.log(
    `\nSlowest:\n${durations
      .slice(0, SLOWEST)
      .map(({ name, ms }) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${name}`)
      .join('\n')}`,
  );
  if (skips.length > 0) console.log(`\nSkipped:\n${skips.join('\n')}`);
  if (furtherTries.length > 0) console.log(`\nPassed only at a further try:\n${furtherTries.join('\n')}`);
  if (failures.length > 0) console.log(`\nFailed:\n${failures.join('\n')}`);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

async function runLane(groups, company) {
  for (const group of groups) await runGroup(group, company);
}

/** `told`: what the group says is kept there until the one beside it has said everything. */
async function runGroup({ name, run }, { told, after } = {}) {
  const began = performance.now();
  if (!told) console.log(`\n=== ${name}`);
  const result = await run(told).catch((error) => {
    // No report was written: the runner itself fell over.
    tellFailure(name, 'the run itself', String(error));
    return { passed: 0, failed: 1, skipped: 0 };
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  await after;
  if (told) console.log(`\n=== ${name}, which ran beside it\n${told.splice(0).join('')}`);
  const { passed, failed, skipped } = result;
  for (const key of Object.keys(totals)) totals[key] += result[key];
  console.log(`=== ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
