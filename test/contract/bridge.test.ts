/** What a page gets from preload and main: the bridge, the ports, and nothing else. */
import { ask, expect, FILE_OF_PAGE, test } from './fixtures.ts';

test('the services answer through the port of the page', async ({ app }) => {
  expect(await ask(app, 'studio.info')).toMatchObject({ host: 'electron', nativeDialogs: true, platform: process.platform });
});

test('a method that does not exist is refused in words, one of the prototype as well', async ({ app }) => {
  expect(await ask(app, 'studio.nothing')).toEqual({ refused: 'no-such-method' });
  expect(await ask(app, '__proto__')).toEqual({ refused: 'no-such-method' });
  expect(await ask(app, 'constructor')).toEqual({ refused: 'no-such-method' });
});

test('text of every alphabet arrives whole', async ({ app }) => {
  const name = `/nowhere/名前 ${'é'.repeat(1000)} 🎉.cjs`;
  expect(await app.page.evaluate((path) => window.contract.ask('recordings.openPath', { path }).catch((error: Error) => error.message), name)).toContain(name);
});

test('studioHost has exactly two functions and is frozen', async ({ app }) => {
  const bridge = await app.page.evaluate(() => {
    const host = (window as unknown as { studioHost: object }).studioHost;
    const property = Object.getOwnPropertyDescriptor(window, 'studioHost');
    return {
      keys: Object.keys(host).sort(),
      kinds: Object.values(host).map((value) => typeof value),
      frozen: Object.isFrozen(host),
      replaceable: property?.writable || property?.configurable,
    };
  });
  expect(bridge).toEqual({ keys: ['connect', 'pathOf'], kinds: ['function', 'function'], frozen: true, replaceable: false });
});

test('the page sees no part of Node, Electron or the preload script', async ({ app }) => {
  const seen = await app.page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron', '__dirname'].filter((name) => name in globalThis),
  );
  expect(seen).toEqual([]);
});

test('the path of a chosen file is told, of anything else nothing', async ({ app, hostKind, folder }) => {
  const { writeFileSync } = await import('node:fs');
  const file = `${folder}/${FILE_OF_PAGE.name}`;
  writeFileSync(file, 'x'.repeat(FILE_OF_PAGE.size));
  await app.page.locator('#file').setInputFiles(file);
  const told = await app.page.evaluate(() => {
    const { pathOf } = (window as unknown as { studioHost: { pathOf(file: unknown): string } }).studioHost;
    const input = document.querySelector<HTMLInputElement>('#file');
    return [pathOf(input?.files?.[0]), pathOf(new File(['made in the page'], 'made.txt')), pathOf('/etc/passwd'), pathOf(null)];
  });
  // The stand-in knows no paths: the test says what a file of this name and size has.
  expect(told).toEqual([hostKind === 'standin' ? FILE_OF_PAGE.path : file, '', '', '']);
});

test('the ports are handed out once for a page', async ({ app }) => {
  const before = await app.page.evaluate(() => window.contract.pairs());
  await app.page.evaluate(() => window.contract.connectAgain());
  // Main handles messages in order: when this is answered, the one before was refused.
  await ask(app, 'studio.info');
  expect(await app.page.evaluate(() => window.contract.pairs())).toBe(before);
});

test('a page that is loaded again gets new ports', async ({ app }) => {
  await app.page.reload();
  await app.page.evaluate(() => window.contract.connected);
  expect(await ask(app, 'studio.info')).toMatchObject({ host: 'electron' });
  expect(await app.page.evaluate(() => window.contract.pairs())).toBe(1);
});

test('the other port leads to the collector, which reads what the services opened', async ({ app, folder }) => {
  const { writeFileSync } = await import('node:fs');
  const text = JSON.stringify({ traceEvents: [{ name: 'a', ph: 'i', ts: 1, pid: 1, tid: 1, s: 't' }] });
  writeFileSync(`${folder}/small.json`, text);
  const opened = (await ask(app, 'recordings.openPath', { path: `${folder}/small.json` })) as { id: string; bytes: number };
  expect(opened).toMatchObject({ bytes: text.length, live: false });
  const read = await app.page.evaluate(async (recording) => {
    const answer = (await window.contract.askCollector('recording.read', { recording, offset: 0, length: 1 << 20 })) as { bytes: Uint8Array };
    return new TextDecoder().decode(answer.bytes);
  }, opened.id);
  expect(read).toBe(text);
});

test('what is the host’s is not served to a window by the collector', async ({ app }) => {
  const refused = await app.page.evaluate(() => window.contract.askCollector('shutdown', { graceMs: 0 }).catch((error: { code: string }) => error.code));
  expect(refused).toBe('no-such-method');
});
