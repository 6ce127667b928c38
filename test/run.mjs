// `npm test`: everything, from a clean clone. `npm test -- unit e2e` runs the named groups only; `programs=all` runs real programs on every
// version of Node, not on the one alone that runs the tests.
//
// Groups run one after the other: real processes and a real browser on a small machine do not need company.
import { spawnSync } from 'node:child_process';
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

const node = (args, env = {}) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } }).status === 0;

const vitest = (project) => () => {
  const report = path.join(output, `${project}.json`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  node(args);
  const { numPassedTests, numFailedTests, numPendingTests, success, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that fails before its first test counts as a failure too.
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const broken = brokenFiles.length;
  for (const file of brokenFiles) tellFailure(project, path.relative(root, file.name), file.message);
  for (const file of testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'failed') tellFailure(project, `${path.relative(root, file.name)} › ${test.fullName}`, test.failureMessages[0]);
    }
  }
  return { passed: numPassedTests, failed: numFailedTests + broken + (success || numFailedTests + broken > 0 ? 0 : 1), skipped: numPendingTests };
};

function tellFailure(group, what, message) {
  failures.push(`${group} › ${what}: ${stripVTControlCharacters(message ?? '').split('\n', 1)[0]}`);
}

const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];

const playwright = (name, config) => () => {
  const report = path.join(output, `${name}.json`);
  node(['node_modules/playwright/cli.js', 'test', '--config', config, '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: report });
  const { stats, errors, suites } = JSON.parse(readFileSync(report, 'utf8'));
  for (const spec of suites.flatMap(specsOf)) {
    const failed = spec.tests.find((test) => test.status === 'unexpected');
    if (failed) tellFailure(name, `${spec.file} › ${spec.title}`, failed.results.at(-1)?.error?.message);
  }
  for (const error of errors) tellFailure(name, 'the run itself', error.message);
  if (stats.flaky > 0) console.log(`${name}: ${stats.flaky} passed only at the second try, see above.`);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped };
};

const GROUPS = [
  { name: 'check', run: () => (node(['test/check.mjs']) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }) },
  { name: 'unit', run: vitest('unit') },
  { name: 'integration', run: vitest('integration') },
  { name: 'packaging', run: vitest('packaging') },
  { name: 'fuzz', run: vitest('fuzz') },
  { name: 'programs', run: vitest('programs') },
  { name: 'contract', run: playwright('contract', 'test/contract/playwright.config.ts') },
  { name: 'e2e', run: playwright('e2e', 'test/e2e/playwright.config.ts') },
];

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
  if (!node(['build.mjs', '--if-stale'])) throw new Error('The build failed, see above.');
  for (const { name, run } of GROUPS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const began = performance.now();
    console.log(`\n=== ${name}`);
    let result;
    try {
      result = run();
    } catch (error) {
      // No report was written: the runner itself fell over.
      console.log(`${name}: ${error instanceof Error ? error.message : error}`);
      tellFailure(name, 'the run itself', String(error));
      result = { passed: 0, failed: 1, skipped: 0 };
    }
    for (const key of Object.keys(totals)) totals[key] += result[key];
    console.log(
      `=== ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${((performance.now() - began) / 1000).toFixed(0)} s`,
    );
  }
  if (failures.length > 0) console.log(`\nFailed:\n${failures.join('\n')}`);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
