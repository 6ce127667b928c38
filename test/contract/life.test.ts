/** Starting, starting again, opening, closing, crashing, ending. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ask, expect, pushed, test } from './fixtures.ts';
import type { HostApp } from './hosts.ts';

const LAUNCH = {
  arguments: '',
  cwd: '',
  environment: [],
  nodeFlags: '',
  nodePath: process.execPath,
  recordEnvironmentValues: false,
};

/** A script that runs until the file `stop` is beside it, or the test's folder is gone: what a killed app leaves behind must not stay. */
async function startRun(app: HostApp, folder: string): Promise<{ readonly stop: () => void; readonly pid: number }> {
  const stop = path.join(folder, 'stop');
  writeFileSync(
    path.join(folder, 'waits.cjs'),
    `const { existsSync } = require('fs'); const t = setInterval(() => (existsSync(${JSON.stringify(stop)}) || !existsSync(__filename)) && clearInterval(t), 20);`,
  );
  const info = (await ask(app, 'session.start', { ...LAUNCH, target: { kind: 'script', path: path.join(folder, 'waits.cjs') } })) as { id: string };
  expect(info).toHaveProperty('id');
  const running = async () => ((await ask(app, 'session.list')) as { id: string; state: string; pid?: number }[]).find(({ id }) => id === info.id);
  await expect.poll(async () => (await running())?.state).toBe('running');
  return { stop: () => writeFileSync(stop, ''), pid: (await running())?.pid ?? -1 };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const closeWindow = (app: HostApp) => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
const windowCount = (app: HostApp) => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test('a file named at the start is opened, from where the command was given', async ({ launchApp, folder }) => {
  const app = await launchApp({ args: ['some.tsr'], cwd: folder });
  expect(await pushed(app, 'open-path')).toEqual({ path: path.join(folder, 'some.tsr') });
});

test('starting again hands the file to the first instance and ends', async ({ launchApp, folder }) => {
  const app = await launchApp({ cwd: folder });
  expect(await app.startAgain(['other.tsr'])).toBe(0);
  expect(await pushed(app, 'open-path')).toEqual({ path: path.join(folder, 'other.tsr') });
  expect(await windowCount(app)).toBe(1);
});

test('a file that the system asks to open is opened', async ({ launchApp }) => {
  const app = await launchApp();
  await ask(app, 'studio.info');
  await app.evaluate(({ app: electronApp }) => {
    electronApp.emit('open-file', { preventDefault: () => {} }, '/somewhere/by-association.tsr');
  });
  expect(await pushed(app, 'open-path')).toEqual({ path: '/somewhere/by-association.tsr' });
});

test('a second window has its own ports, and a command goes to the window in front', async ({ launchApp }) => {
  const app = await launchApp();
  const next = app.nextPage();
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('new-window')?.click());
  const second = await next;
  await second.waitForFunction(() => 'contract' in window);
  await second.evaluate(() => window.contract.connected);
  expect(await ask(app, 'studio.info', null, second)).toMatchObject({ host: 'electron' });
  await app.evaluate(({ BrowserWindow, Menu }) => {
    BrowserWindow.getAllWindows().at(-1)?.focus();
    Menu.getApplicationMenu()?.getMenuItemById('run')?.click();
  });
  const windows = [app.page, second];
  const got = () => Promise.all(windows.map((page) => page.evaluate(() => window.contract.pushed.filter(({ event }) => event === 'command').length)));
  await expect.poll(async () => (await got()).reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
  expect((await got()).sort()).toEqual([0, 1]);
});

test('closing one of two windows leaves the other alone', async ({ launchApp }) => {
  const app = await launchApp();
  const next = app.nextPage();
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('new-window')?.click());
  const second = await next;
  await second.waitForFunction(() => 'contract' in window);
  await second.evaluate(() => window.contract.connected);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().at(-1)?.close());
  await expect.poll(() => windowCount(app)).toBe(1);
  const left = app.pages().find((page) => !page.isClosed());
  expect(await ask(app, 'studio.info', null, left)).toMatchObject({ host: 'electron' });
});

test('closing the last window ends the app', async ({ launchApp }) => {
  const app = await launchApp();
  await closeWindow(app);
  expect(await app.exited).toBe(0);
});

test('quitting ends the app', async ({ launchApp }) => {
  const app = await launchApp();
  // Not awaited to the end: the answer may go with the app.
  await app.evaluate(({ app: electronApp }) => void setImmediate(() => electronApp.quit()));
  expect(await app.exited).toBe(0);
});

test('closing asks while a run is on, and cancelling changes nothing', async ({ launchApp, folder }) => {
  const app = await launchApp();
  const { pid } = await startRun(app, folder);
  await closeWindow(app);
  expect(await pushed(app, 'close-requested')).toEqual({ running: 1 });
  await ask(app, 'window.close', { choice: 'cancel' });
  expect(await windowCount(app)).toBe(1);
  expect(isAlive(pid)).toBe(true);
});

test('stop and close ends the run, then the app', async ({ launchApp, folder }) => {
  const app = await launchApp();
  const { pid } = await startRun(app, folder);
  await closeWindow(app);
  await pushed(app, 'close-requested');
  // The answer goes with the window.
  ask(app, 'window.close', { choice: 'stop-and-close' }).catch(() => {});
  expect(await app.exited).toBe(0);
  expect(isAlive(pid)).toBe(false);
});

test('keep recording closes the window, and the app ends with the run', async ({ launchApp, folder }) => {
  const app = await launchApp();
  const { pid, stop } = await startRun(app, folder);
  await closeWindow(app);
  await pushed(app, 'close-requested');
  ask(app, 'window.close', { choice: 'keep-recording' }).catch(() => {});
  await expect.poll(() => windowCount(app)).toBe(0);
  expect(isAlive(pid)).toBe(true);
  stop();
  expect(await app.exited).toBe(0);
  expect(isAlive(pid)).toBe(false);
});

test('quitting asks as closing does, and does not ask twice', async ({ launchApp, folder }) => {
  const app = await launchApp();
  await startRun(app, folder);
  await app.evaluate(({ app: electronApp }) => electronApp.quit());
  expect(await pushed(app, 'close-requested')).toEqual({ running: 1 });
  ask(app, 'window.close', { choice: 'stop-and-close' }).catch(() => {});
  expect(await app.exited).toBe(0);
});

test('a window that does not answer the closing question is asked for natively', async ({ launchApp, folder }) => {
  const app = await launchApp();
  const { pid } = await startRun(app, folder);
  await closeWindow(app);
  await pushed(app, 'close-requested');
  await app.prepareDialog('message', { response: 2, checkboxChecked: false });
  await closeWindow(app);
  await expect.poll(async () => (await app.outsideCalls()).filter(({ what }) => what === 'dialog.showMessageBox').length).toBe(1);
  expect(await windowCount(app)).toBe(1);
  expect(isAlive(pid)).toBe(true);
});

test('a window whose process dies is loaded again and connected', async ({ launchApp }) => {
  const app = await launchApp();
  const loadedAt = () =>
    app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]
        ?.webContents.executeJavaScript('window.contract.connected.then(() => performance.timeOrigin)')
        .catch(() => 0),
    );
  const before = (await loadedAt()) as number;
  expect(before).toBeGreaterThan(0);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  await expect.poll(loadedAt).toBeGreaterThan(before);
});

test('a collector that dies is replaced, and the page gets new ports', async ({ launchApp, folder }) => {
  const app = await launchApp();
  await startRun(app, folder);
  const before = await app.page.evaluate(() => window.contract.pairs());
  await app.evaluate(({ app: electronApp }) => {
    const collector = electronApp
      .getAppMetrics()
      .find(({ serviceName, name }) => serviceName === 'Trace Studio collector' || name === 'Trace Studio collector');
    if (!collector) throw new Error('no collector is running');
    process.kill(collector.pid, 'SIGKILL');
  });
  await app.page.waitForFunction(() => window.contract.collectorLost);
  await app.page.evaluate(() => window.contract.connectAgain());
  await app.page.waitForFunction((pairs) => window.contract.pairs() > pairs, before);
  const again = path.join(folder, 'again');
  mkdirSync(again);
  await startRun(app, again);
});

test('what the app writes lies in the folder of the user', async ({ launchApp, folder }) => {
  const userData = path.join(folder, 'user data');
  const app = await launchApp({ userData });
  await ask(app, 'settings.set', { theme: 'dark' });
  await expect.poll(() => existsSync(path.join(userData, 'settings.json'))).toBe(true);
});

test('--smoke connects a window and ends with 0', async ({ runApp }) => {
  const { code, output } = await runApp(['--smoke']);
  expect(output).toContain('smoke test passed');
  expect(code).toBe(0);
});
