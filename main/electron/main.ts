/** Electron's main process: puts the parts together, in the order that Electron asks for. */
import path from 'node:path';
import { app, ipcMain, Menu, protocol, session } from 'electron';
import { createStudio } from '../services/studio.ts';
import { parseArguments } from './arguments.ts';
import { CollectorProcess } from './collector-process.ts';
import { menuTemplate } from './menu.ts';
import { APP_SCHEME, isOwnPage } from './origin.ts';
import { guardPages, guardPermissions } from './page-guards.ts';
import { StudioApp } from './studio-app.ts';
import { windowFile } from './window-files.ts';

const root = path.join(import.meta.dirname, '..', '..');
// What plain Node or another process reads lies beside the archive, not in it.
const unpackedRoot = root.replace(/app\.asar$/, 'app.asar.unpacked');
const SMOKE_LIMIT_MS = 60_000;

// An unpackaged start names the app's folder before the user's words.
const ownWords = process.argv.slice(app.isPackaged ? 1 : 2);
const { files, smoke, userData } = parseArguments(ownWords, process.cwd());
if (userData !== undefined) app.setPath('userData', userData);

app.enableSandbox();
app.setAppUserModelId('studio.trace.desktop');
protocol.registerSchemesAsPrivileged([{ scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
guardPages(app);

/** What a second start tells the first: Chromium changes the order of the words that it passes on by itself. */
interface SecondStart {
  readonly files: readonly string[];
}

// macOS may tell of a file before anything is ready.
let openFiles = (paths: readonly string[]): void => void earlyFiles.push(...paths);
const earlyFiles: string[] = [...files];
app.on('open-file', (event, file) => {
  event.preventDefault();
  openFiles([file]);
});

if (!app.requestSingleInstanceLock({ files } satisfies SecondStart)) app.quit();
else app.whenReady().then(start, failToStart);

function start(): void {
  guardPermissions(session.defaultSession);
  const renderer = path.join(root, 'dist', 'renderer');
  protocol.handle(APP_SCHEME, async (request) => {
    const { status, headers, body } = await windowFile(renderer, request.method, request.url);
    return new Response(body, { status, headers });
  });

  const dataFolder = app.getPath('userData');
  const collector = new CollectorProcess(path.join(unpackedRoot, 'dist', 'collector', 'collector.cjs'), dataFolder);
  const studio = createStudio({
    host: 'electron',
    dataFolder,
    tracerFolder: path.join(unpackedRoot, 'dist', 'tracer'),
    examplesFolder: path.join(unpackedRoot, 'examples'),
    exportWorker: path.join(unpackedRoot, 'dist', 'collector', 'export-worker.cjs'),
    cwd: process.cwd(),
    spawnCollector: collector.spawn,
    isElectron: true,
  });
  const studioApp = new StudioApp({
    studio,
    collector,
    preload: path.join(root, 'dist', 'preload', 'preload.cjs'),
    icon: path.join(root, 'main', 'electron', 'icons', '512x512.png'),
    onUp: () => smoke && passSmokeTest(),
  });

  ipcMain.on('connect', (event) => {
    if (isOwnPage(event.senderFrame)) studioApp.windowOf(event.sender)?.connect();
  });
  app.on('second-instance', (_event, _argv, _cwd, told) => studioApp.show((told as SecondStart).files));
  app.on('activate', () => studioApp.show([]));
  app.on('before-quit', () => studioApp.quitRequested());
  app.on('will-quit', (event) => {
    if (!studioApp.mayEnd()) event.preventDefault();
  });
  app.on('window-all-closed', () => studioApp.allWindowsClosed());
  app.on('child-process-gone', (_event, { type, name, reason }) => console.error(`trace-studio: ${name ?? type} is gone (${reason})`));

  const template = menuTemplate({ platform: process.platform, packaged: app.isPackaged, onCommand: (command) => studioApp.command(command) });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  studioApp.openWindow();
  openFiles = (paths) => studioApp.show(paths);
  studioApp.openPaths(earlyFiles);
  if (smoke) setTimeout(failSmokeTest, SMOKE_LIMIT_MS);
}

function passSmokeTest(): void {
  console.log('trace-studio: smoke test passed: a window is connected');
  app.quit();
}

function failSmokeTest(): void {
  console.error(`trace-studio: smoke test failed: no window was connected within ${SMOKE_LIMIT_MS / 1000} s`);
  app.exit(1);
}

function failToStart(error: unknown): void {
  console.error('trace-studio: could not start:', error);
  app.exit(1);
}
