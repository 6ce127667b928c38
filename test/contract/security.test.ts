/** What a page cannot do, even if a script of somebody else ran in it. */
import { expect, test } from './fixtures.ts';

test.beforeEach(async ({ app }) => {
  await app.page.evaluate(() => window.contract.violations.splice(0));
});

const violations = (app: { page: import('playwright').Page }, directive: string) =>
  app.page.waitForFunction((wanted) => window.contract.violations.some((each) => each.startsWith(wanted)), directive);

test('a script inside the page is blocked', async ({ app }) => {
  await app.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = 1';
    document.head.append(script);
  });
  await violations(app, 'script-src');
  expect(await app.page.evaluate(() => 'intruder' in window)).toBe(false);
});

test('text does not become code', async ({ app }) => {
  expect(await app.page.evaluate(() => window.contract.evaluation)).toMatch(/EvalError/);
});

test('nothing is fetched from elsewhere', async ({ app }) => {
  const blocked = await app.page.evaluate(() => fetch('https://example.com/').then(String, String));
  expect(blocked).toContain('TypeError');
  await violations(app, 'connect-src');
});

test('no image comes from elsewhere', async ({ app }) => {
  await app.page.evaluate(() => {
    document.body.append(Object.assign(new Image(), { src: 'https://example.com/a.png' }));
  });
  await violations(app, 'img-src');
});

test('a style element needs the nonce of the load', async ({ app }) => {
  const background = () => app.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await background()).toBe('rgb(1, 2, 3)');
  await app.page.evaluate(() => {
    const style = document.createElement('style');
    style.textContent = 'body { background: rgb(9, 9, 9) }';
    document.head.append(style);
  });
  await violations(app, 'style-src');
  expect(await background()).toBe('rgb(1, 2, 3)');
});

test('every load has a nonce of its own, written where the page asks for it', async ({ app }) => {
  const nonceOf = async () =>
    /name="csp-nonce" content="([^"]+)"/.exec(await app.page.evaluate(() => fetch('/index.html').then((answer) => answer.text())))?.[1];
  const [first, second] = [await nonceOf(), await nonceOf()];
  expect(first).toMatch(/^[\w+/=]{20,}$/);
  expect(second).not.toBe(first);
});

test('the page is isolated from other origins', async ({ app }) => {
  expect(await app.page.evaluate(() => [isSecureContext, crossOriginIsolated])).toEqual([true, true]);
});

test('files come with a type that is not guessed', async ({ app }) => {
  const headers = await app.page.evaluate(async () => Object.fromEntries((await fetch('/page.js')).headers));
  expect(headers).toMatchObject({ 'content-type': expect.stringContaining('text/javascript'), 'x-content-type-options': 'nosniff' });
});

test('only files of the window are served', async ({ app }) => {
  const statusOf = (path: string, method = 'GET') =>
    app.page.evaluate(([url, how]) => fetch(String(url), { method: String(how) }).then(({ status }) => status), [path, method]);
  expect(await statusOf('/page.js')).toBe(200);
  expect(await statusOf('/nothing.js')).toBe(404);
  expect(await statusOf('/..%2f..%2fpackage.json')).toBe(404);
  expect(await statusOf('/%2e%2e/%2e%2e/package.json')).toBe(404);
  expect(await statusOf('/..%5c..%5cpackage.json')).toBe(404);
  expect(await statusOf('/index.html%00.js')).toBe(404);
  expect(await statusOf('/page.js.map')).toBe(404);
  expect(await statusOf('/page.js', 'POST')).toBe(405);
  expect(await statusOf('/page.js', 'HEAD')).toBe(200);
});

test('the page cannot leave', async ({ app }) => {
  const before = app.page.url();
  const answered = await app.page.evaluate(async () => {
    const link = Object.assign(document.createElement('a'), { href: 'https://example.com/' });
    document.body.append(link);
    link.click();
    location.href = 'https://example.com/';
    // The page that still answers is the one that was to be left.
    return ((await window.contract.ask('studio.info', null)) as { host: string }).host;
  });
  expect(answered).toBe('electron');
  expect(app.page.url()).toBe(before);
});

test('the page opens no window', async ({ app }) => {
  expect(await app.page.evaluate(() => [window.open('https://example.com/'), window.open(`${location.origin}/index.html`)])).toEqual([null, null]);
  await expect.poll(() => app.pages().length).toBe(1);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('the page holds no other page', async ({ app }) => {
  await app.page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('iframe'), { src: '/index.html' }));
  });
  await violations(app, 'frame-src');
});

test('a form goes nowhere', async ({ app }) => {
  await app.page.evaluate(() => {
    const form = Object.assign(document.createElement('form'), { action: 'https://example.com/', method: 'post' });
    document.body.append(form);
    form.submit();
  });
  await violations(app, 'form-action');
});

test('the machine’s devices are denied, copying is allowed', async ({ app }) => {
  const states = await app.page.evaluate(() =>
    Promise.all(
      ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'clipboard-write'].map(
        async (name) => [name, (await navigator.permissions.query({ name: name as PermissionName })).state] as const,
      ),
    ),
  );
  expect(Object.fromEntries(states)).toEqual({
    geolocation: 'denied',
    notifications: 'denied',
    camera: 'denied',
    microphone: 'denied',
    'clipboard-read': 'denied',
    'clipboard-write': 'granted',
  });
});
