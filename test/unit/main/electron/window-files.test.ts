import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOwnUrl } from '../../../../main/electron/origin.ts';
import { windowFile } from '../../../../main/electron/window-files.ts';

const work = mkdtempSync(path.join(os.tmpdir(), 'window-files-'));
const folder = path.join(work, 'renderer');
const get = (address: string) => windowFile(folder, 'GET', `app://studio${address}`);
const textOf = async (address: string) => new TextDecoder().decode((await get(address)).body ?? new Uint8Array());

beforeAll(() => {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>');
  writeFileSync(path.join(folder, 'assets', 'a b.js'), 'script');
  writeFileSync(path.join(folder, 'assets', 'script.ts'), 'source');
  writeFileSync(path.join(work, 'secret.json'), 'secret');
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('the page has the nonce of its own header, wherever it asks for it', async () => {
  const { headers } = await get('/');
  const nonce = /'nonce-([^']+)'/.exec(headers['content-security-policy'] ?? '')?.[1];
  const { body, headers: again } = await get('/index.html');
  const inHeader = /'nonce-([^']+)'/.exec(again['content-security-policy'] ?? '')?.[1];
  expect(new TextDecoder().decode(body ?? undefined)).toBe(`<meta name="csp-nonce" content="${inHeader}"><style nonce="${inHeader}"></style>`);
  expect(inHeader).not.toBe(nonce);
});

test('a file with its type, a query notwithstanding', async () => {
  expect(await textOf('/assets/a%20b.js?v=1')).toBe('script');
  expect((await get('/assets/a%20b.js')).headers).toMatchObject({ 'content-type': expect.stringContaining('javascript'), 'content-length': '6' });
});

test.each(['/assets', '/assets/', '/nothing.js', '/assets/script.ts', '/%zz.js', '/..%2fsecret.json', '/..%5csecret.json', '/index.html%00'])(
  '%s is not there',
  async (address) => {
    expect(await get(address)).toMatchObject({ status: 404, body: null });
  },
);

test('no path leads out of the folder', async () => {
  const part = fc.constantFrom('..', '%2e%2e', '.', '/', '%2f', '%5c', '\\', 'assets', 'secret.json', 'renderer', '%00', '//', '~');
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      expect(await textOf(`/${parts.join('/')}`)).not.toContain('secret');
      expect(await textOf(`/${parts.join('')}`)).not.toContain('secret');
    }),
  );
});

test('only reading', async () => {
  expect(await windowFile(folder, 'POST', 'app://studio/index.html')).toMatchObject({ status: 405, body: null });
  expect(await windowFile(folder, 'HEAD', 'app://studio/assets/a%20b.js')).toMatchObject({ status: 200, body: null, headers: { 'content-length': '6' } });
});

test.each(['app://studio/x', 'app://studio', 'app://studio/?a#b'])('%s is ours', (url) => expect(isOwnUrl(url)).toBe(true));
test.each([
  'app://studio.evil/',
  'app://studiox/',
  'app://me@studio/',
  'http://studio/',
  'app:studio',
  'app://studio:1/',
  'https://example.com/app://studio/',
  '',
])('%s is not ours', (url) => expect(isOwnUrl(url)).toBe(false));
