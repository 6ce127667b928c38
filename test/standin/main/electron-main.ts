/** The stand-in's `electron` module for the main process. register.ts puts it in the place of the real one. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { notImplemented } from '../shared/not-implemented.ts';
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { Chromium } from './chromium.ts';
import { dialog, shell } from './dialog-and-shell.ts';
import { startLoopbackServer } from './loopback-server.ts';
import { Menu, MenuItem } from './menu.ts';
import { nativeTheme } from './native-theme.ts';
import { MessageChannelMain } from './ports.ts';
import { protocol } from './protocol.ts';
import { addresses, chromium, setChromium } from './runtime.ts';
import { defaultSession } from './session.ts';
import { obeyTest, tellTest } from './test-control.ts';
import { type ForkOptions, UtilityProcess } from './utility-process.ts';
import { allWebContents, ipcMain, setPageScripts } from './web-contents.ts';

// What register.ts says of this build: its own path and the page scripts beside it.
const register = process.env.STANDIN_REGISTER ?? '';

const utilityProcess = notImplemented('utilityProcess', {
  fork(modulePath: string, args: readonly string[] = [], options: ForkOptions = {}): UtilityProcess {
    if (!app.isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
    return new UtilityProcess(modulePath, args, options, register);
  },
});

const electron = notImplemented('electron', {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  nativeTheme,
  protocol,
  session: notImplemented('session', { defaultSession }),
  shell,
  utilityProcess,
});
export type StandinElectron = typeof electron;

async function start(): Promise<void> {
  if (app.standin.isEnding()) return;
  const script = (name: string) => readFileSync(path.join(path.dirname(register), name), 'utf8');
  setPageScripts({ isolatedWorld: script('isolated-world.js'), mainWorld: script('main-world.js') });
  const server = await startLoopbackServer();
  addresses.port = server.port;
  const browser = await Chromium.launch(process.env.STANDIN_CHROMIUM ?? 'chromium');
  setChromium(browser);
  browser.onEvent = onCdp;
  app.standin.setCleanup(async () => {
    server.close();
    await browser.close();
  });
  await browser.send('Target.setDiscoverTargets', { discover: true });
  app.standin.becomeReady();
  tellTest({ kind: 'ready', endpoint: browser.endpoint });
}

function onCdp(method: string, params: Record<string, unknown>, session: string | undefined): void {
  if (session !== undefined) {
    for (const contents of allWebContents.values()) if (contents.standin.cdpSession() === session) contents.standin.onCdp(method, params);
    return;
  }
  const info = (params as { targetInfo?: { targetId: string; openerId?: string; url: string; title: string } }).targetInfo;
  const byTarget = (id: unknown) => BrowserWindow.getAllWindows().find((window) => window.webContents.standin.target() === id);
  if (method === 'Target.targetCreated' && info?.openerId !== undefined) {
    byTarget(info.openerId)?.webContents.standin.opening(info.url);
    chromium()
      .send('Target.closeTarget', { targetId: info.targetId })
      .catch(() => {}); // it closed by itself
  } else if (method === 'Target.targetInfoChanged' && info) byTarget(info.targetId)?.standin.pageTitleChanged(info.title);
  else if (method === 'Target.targetCrashed') byTarget(params.targetId)?.webContents.standin.crashed();
  else if (method === 'Target.targetDestroyed') byTarget(params.targetId)?.destroy();
}

process.on('SIGTERM', () => app.exit(0));
process.on('SIGINT', () => app.exit(130));
obeyTest(electron, () => app.exit(0));
setImmediate(() =>
  start().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  }),
);

export default electron;
