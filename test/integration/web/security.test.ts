import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Studio } from '../../../main/services/host-port.ts';
import { startWebHost, type WebHost } from '../../../main/web/web-host.ts';
import { ask, enter, loadPage, openSocket } from './web-client.ts';

/** Nothing behind the door: these tests are about who gets through it. */
const studio: Studio = {
  attachWindow: () => {},
  openCollectorWindow: () => Promise.reject(new Error('not in this test')),
  push: () => {},
  runningSessions: () => 0,
  shutdown: async () => {},
};

const folder = mkdtempSync(path.join(os.tmpdir(), 'web-host-'));
const rendererFolder = path.join(folder, 'renderer');
let host: WebHost;
let port: number;
let cookie: string;
let origin: string;

beforeAll(async () => {
  mkdirSync(path.join(rendererFolder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'secret.json'), '"outside"');
  writeFileSync(
    path.join(rendererFolder, 'index.html'),
    '<!doctype html><html><head><meta name="csp-nonce" content="__CSP_NONCE__"></head><body></body></html>',
  );
  writeFileSync(path.join(rendererFolder, 'assets', 'app-1234.js'), 'export {}');
  writeFileSync(path.join(rendererFolder, 'assets', 'notes.txt'), 'not for serving');
  writeFileSync(path.join(rendererFolder, '.hidden.json'), '{}');
  symlinkSync(path.join(folder, 'secret.json'), path.join(rendererFolder, 'link.json'));
  host = await startWebHost({ studio, rendererFolder, port: 0, host: '127.0.0.1', allowHosts: ['studio.example', 'proxy.example:8443'] });
  port = host.port;
  origin = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  ({ cookie } = await enter(host.freshLink()));
});

describe('the link', () => {
  test('works once', async () => {
    const link = new URL(host.freshLink());
    const first = await ask(port, { path: link.pathname + link.search });
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    const second = await ask(port, { path: link.pathname + link.search });
    expect(second.status).toBe(403);
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(second.body).toContain('used already');
  });

  test('leads on when it is loaded again by the browser that used it', async () => {
    const link = new URL(host.freshLink());
    const first = await ask(port, { path: link.pathname + link.search });
    const own = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const again = await ask(port, { path: link.pathname + link.search, headers: { cookie: own } });
    expect(again.status).toBe(303);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  test('is not used up by a preview', async () => {
    const link = new URL(host.freshLink());
    expect((await ask(port, { path: link.pathname + link.search, method: 'HEAD' })).status).toBe(403);
    expect((await ask(port, { path: link.pathname + link.search })).status).toBe(303);
  });

  test('sets a cookie that scripts cannot read and other sites do not send', async () => {
    const link = new URL(host.freshLink());
    const answer = await ask(port, { path: link.pathname + link.search });
    expect(answer.headers['set-cookie']?.[0]).toMatch(new RegExp(`^trace-studio-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`));
  });

  test('leads on by a page of our own when it was clicked in another site', async () => {
    const link = new URL(host.freshLink());
    const answer = await ask(port, { path: link.pathname + link.search, headers: { 'sec-fetch-site': 'cross-site' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toHaveLength(1);
    expect(answer.body).toContain('http-equiv="refresh"');
  });

  test('with a wrong token opens nothing', async () => {
    expect((await ask(port, { path: '/?t=wrong' })).status).toBe(403);
  });
});

describe('requests', () => {
  test.each(['evil.example', `evil.example:1`, '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example'])('for the host %s are misdirected', async (name) => {
    expect((await ask(port, { path: '/', headers: { host: name, cookie } })).status).toBe(421);
  });

  test('for allowed names are answered', async () => {
    for (const name of [`localhost:${port}`, `[::1]:${port}`, 'studio.example', 'STUDIO.example:9999', 'proxy.example:8443']) {
      expect((await ask(port, { path: '/', headers: { host: name, cookie } })).status).toBe(200);
    }
    expect((await ask(port, { path: '/', headers: { host: 'proxy.example:1', cookie } })).status).toBe(421);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is refused', async (method) => {
    const answer = await ask(port, { path: '/', method, headers: { cookie } });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  test.each(['/', '/index.html', '/assets/app-1234.js'])('without a cookie get nothing of %s', async (file) => {
    for (const headers of [{}, { cookie: `trace-studio-${port}=wrong` }, { cookie: 'trace-studio-1=x' }]) {
      expect((await ask(port, { path: file, headers })).status).toBe(403);
    }
  });

  test.each([
    '/../secret.json',
    '/..%2fsecret.json',
    '/assets/..%2f..%2fsecret.json',
    '/assets/%2e%2e/%2e%2e/secret.json',
    '/..%5csecret.json',
    '/link.json',
    '/.hidden.json',
    '/assets/notes.txt',
    '/assets',
    '/%00.js',
    '/%ff.js',
  ])('do not reach %s', async (file) => {
    const answer = await ask(port, { path: file, headers: { cookie } });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('outside');
  });

  test.each(['//127.0.0.1/', 'http://other.example/'])('for the address %s are refused', async (file) => {
    expect((await ask(port, { path: file, headers: { cookie } })).status).toBe(400);
  });
});

describe('answers', () => {
  test('carry the isolation headers, whatever they are', async () => {
    for (const [file, headers] of [
      ['/', { cookie }],
      ['/assets/app-1234.js', { cookie }],
      ['/nothing.js', { cookie }],
      ['/', {}],
    ] as const) {
      const answer = await ask(port, { path: file, headers });
      expect(answer.headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      // WebAssembly is for the scripts of workers alone, never for the page.
      const scripts = file === '/' && 'cookie' in headers ? "'self'" : "'self' 'wasm-unsafe-eval'";
      expect(answer.headers['content-security-policy']).toContain(`default-src 'none'; script-src ${scripts};`);
    }
  });

  test('of the page are never stored and have a new nonce each time, the same in the policy and in the page', async () => {
    const [one, two] = await Promise.all([loadPage(port, cookie), loadPage(port, cookie)]);
    expect(one.page.headers['cache-control']).toBe('no-store');
    const styleNonce = /style-src 'self' 'nonce-([\w-]+)'/.exec(one.page.headers['content-security-policy'] as string)?.[1];
    expect(styleNonce).toHaveLength(22);
    expect(one.page.body).toContain(`<meta name="csp-nonce" content="${styleNonce}">`);
    expect(one.nonce).toHaveLength(43);
    expect(two.nonce).not.toBe(one.nonce);
    expect(two.page.body).not.toContain(styleNonce);
  });

  test('to HEAD have the headers and no body', async () => {
    const answer = await ask(port, { path: '/', method: 'HEAD', headers: { cookie } });
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('');
  });

  test('name what is served and keep what is named by its content', async () => {
    const answer = await ask(port, { path: '/assets/app-1234.js', headers: { cookie } });
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.headers['cache-control']).toContain('immutable');
  });
});

describe('WebSockets', () => {
  const good = async () => ({ path: `/services?n=${(await loadPage(port, cookie)).nonce}`, headers: { cookie, origin } });

  test('open for a page of ours', async () => {
    const { status, socket } = await openSocket(port, await good());
    expect(status).toBe(101);
    socket?.terminate();
  });

  test.each([
    ['of another origin', { origin: 'http://evil.example' }, 403],
    ['of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['of an https page that is not ours', { origin: 'https://127.0.0.1' }, 403],
    ['of a null origin', { origin: 'null' }, 403],
    ['without a cookie', { cookie: '' }, 403],
    ['for another host', { host: 'evil.example' }, 421],
  ])('%s are refused', async (_what, change, status) => {
    const question = await good();
    expect((await openSocket(port, { ...question, headers: { ...question.headers, ...change } })).status).toBe(status);
  });

  test('without an origin are refused', async () => {
    const { path: at } = await good();
    expect((await openSocket(port, { path: at, headers: { cookie } })).status).toBe(403);
  });

  test.each(['/services', '/services?n=', '/services?n=wrong', '/collector?n=wrong'])('with the nonce of no page are refused: %s', async (at) => {
    expect((await openSocket(port, { path: at, headers: { cookie, origin } })).status).toBe(403);
  });

  test('with the nonce of another browser are refused', async () => {
    const other = await enter(host.freshLink());
    const { nonce } = await loadPage(port, other.cookie);
    expect((await openSocket(port, { path: `/services?n=${nonce}`, headers: { cookie, origin } })).status).toBe(403);
  });

  test('to another address are refused', async () => {
    const { path: at, headers } = await good();
    expect((await openSocket(port, { path: at.replace('/services', '/other'), headers })).status).toBe(404);
  });

  test('end when text or too much is sent', async () => {
    for (const data of ['text', new Uint8Array(9 * 1024 * 1024)]) {
      const { socket } = await openSocket(port, await good());
      const closed = new Promise<number>((resolve) => socket?.on('close', resolve));
      socket?.send(data);
      expect([1003, 1009]).toContain(await closed);
    }
  });

  test('to a recorder that cannot be reached end with the reason', async () => {
    const { nonce } = await loadPage(port, cookie);
    const { socket } = await openSocket(port, { path: `/collector?n=${nonce}`, headers: { cookie, origin } });
    const reason = await new Promise<string>((resolve) => socket?.on('close', (_code, why) => resolve(String(why))));
    expect(reason).toContain('not in this test');
  });

  test('of a proxy with TLS open for an added name', async () => {
    const { nonce } = await loadPage(port, cookie);
    const headers = { cookie, host: 'studio.example', origin: 'https://studio.example' };
    const { status, socket } = await openSocket(port, { path: `/services?n=${nonce}`, headers });
    expect(status).toBe(101);
    socket?.terminate();
  });
});
