/** The HTML report, as the command writes it: opened from the disk, in a real browser, with nobody behind it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_REST } from '../helpers/at-rest.ts';
import { chromiumPath } from '../helpers/chromium.ts';

const root = path.resolve(import.meta.dirname, '../..');
const FIXTURES = path.join(root, 'test/fixtures/formats/trace-event');

let browser: Browser;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'report-'));
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

function report(name: string, ...inputs: readonly string[]): string {
  const output = path.join(folder, name);
  const command = inputs.length > 1 ? ['combine', ...inputs] : ['convert', ...inputs];
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'dist/cli/trace-studio.cjs'), ...command, '--force', '-o', output], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, expect.stringContaining('wrote ')]);
  return output;
}

/** The page, with everything that it asked for and complained of. */
async function opened(file: string): Promise<{ readonly page: Page; readonly requests: string[]; readonly errors: string[] }> {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  page.setDefaultTimeout(90_000);
  const requests: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(pathToFileURL(file).href);
  return { page, requests, errors };
}

describe('an HTML report', () => {
  it('shows timeline, counters, objects and statistics from the disk, and asks nobody for anything', async () => {
    const file = report('both.html', path.join(FIXTURES, 'objects.json'), path.join(FIXTURES, 'counters.json'));
    const { page, requests, errors } = await opened(file);
    await page.getByRole('heading', { name: 'objects.json + counters.json' }).waitFor();
    await page.getByText('counter name', { exact: true }).first().waitFor();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByRole('button', { name: 'MainThread', exact: true }).first().waitFor();
    await page.getByRole('treeitem', { name: /^my variable/ }).click();
    await page
      .getByLabel('Object inspector')
      .getByText(/^Snapshot 3 of/)
      .waitFor();
    await page.getByText('637 events').waitFor();
    await page.getByRole('button', { name: 'Statistics', exact: true }).click();
    const rows = page.getByRole('main', { name: 'Statistics' }).getByRole('row');
    await expect.poll(() => rows.count()).toBeGreaterThan(100);
    expect(await rows.nth(1).textContent()).toContain('builtins.exec');
    await page.getByPlaceholder('Filter names').fill('garbage that is nowhere');
    await expect.poll(() => rows.count()).toBe(1);
    expect(requests.filter((url) => !url.startsWith('blob:'))).toEqual([pathToFileURL(file).href]);
    expect(errors).toEqual([]);
  });

  it('takes names of all kinds as text', async () => {
    const evil = '</script><script>document.title = "taken"</script><!--';
    const name = path.join(folder, 'evil.json');
    writeFileSync(
      name,
      JSON.stringify([
        { ph: 'X', ts: 1, dur: 1, pid: 1, tid: 1, name: evil },
        { ph: 'C', ts: 1, pid: 1, tid: 1, name: evil, args: { [evil]: 1 } },
      ]),
    );
    const { page, errors } = await opened(report('<b>evil&.html', name));
    await page.getByRole('button', { name: 'Statistics', exact: true }).click();
    await page.getByRole('cell', { name: evil }).waitFor();
    expect(await page.title()).toBe('evil.json · Trace Studio');
    expect(errors).toEqual([]);
  });

  it('has no violations of accessibility in either view', async () => {
    const { page } = await opened(report('axe.html', path.join(FIXTURES, 'counters.json')));
    await page.getByText('counter name', { exact: true }).first().waitFor();
    await page
      .getByText(/[\d,]+ events/)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Statistics', exact: true }).click();
    const rows = page.getByRole('main', { name: 'Statistics' }).getByRole('row');
    await expect.poll(() => rows.count()).toBeGreaterThan(1);
    expect(await violations(page)).toEqual([]);
  });

  it('is itself a file that can be opened again', () => {
    const file = report('again.html', path.join(FIXTURES, 'fib.json'));
    expect(statSync(file).size).toBeLessThan(3e6);
    const { stdout } = spawnSync(process.execPath, [path.join(root, 'dist/cli/trace-studio.cjs'), 'info', file, '--json'], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toMatchObject({ format: 'recording', slices: 468 });
  });
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AT_REST);
  await page.evaluate(readFileSync(path.join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const found = (await page.evaluate('axe.run()')) as {
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
