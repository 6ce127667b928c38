/** One studio for each test: a fresh data folder, a work folder with the test's scripts, and a window on the host of the project. */
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, test as base, chromium, expect, type Page } from 'playwright/test';
import { chromiumPath } from '../helpers/chromium.ts';
import { startWebHost, type WebHost } from '../helpers/web-host.ts';
import { launchStandin, type StandinApp } from '../standin/launch.ts';
import { Graphs } from './pages/graphs.ts';
import { PluginManager } from './pages/plugin-manager.ts';
import { StartPage } from './pages/start-page.ts';
import { Timeline } from './pages/timeline.ts';
import { TraceWindow } from './pages/trace-window.ts';

export const repository = path.resolve(import.meta.dirname, '../..');

/** Of a test: where it runs. Most are about what the page does by itself, which is the same page on either host: the web host alone. */
export const ON_BOTH = { tag: '@both' };
/** Of a file that runs on both hosts: these not on the desktop, */
export const WEB_ONLY = { tag: '@web' };
/** and these nowhere else. */
export const DESKTOP_ONLY = { tag: '@desktop' };

export interface HostOption {
  host: 'web' | 'standin';
}

export interface Studio {
  readonly host: HostOption['host'];
  readonly page: Page;
  /** A folder of the test's own: working directory of the host, root of its file panel. */
  readonly work: string;
  /** The studio's own folder: settings, unsaved recordings. */
  readonly data: string;
  readonly start: StartPage;
  readonly window: TraceWindow;
  readonly timeline: Timeline;
  readonly plugins: PluginManager;
  readonly graphs: Graphs;
  /** Writes a script (or any file) into the work folder. Its path. */
  script(name: string, text: string | Uint8Array): string;
  /** The next file dialog (native) or file panel (web) is answered with `file`. Call it before what opens the dialog. */
  answerFile(kind: 'open' | 'save', file: string, act: () => Promise<void>): Promise<void>;
  /** The user closes the desktop window, by its frame. */
  closeByFrame(): Promise<void>;
  /** Another window on the same studio. */
  secondWindow(): Promise<Page>;
  /** Ends the host and starts it again on the same folders, as after a restart of the machine. */
  restart(signal?: NodeJS.Signals): Promise<void>;
}

interface Fixtures {
  studio: Studio;
  /** Media of the page. */
  colors: 'light' | 'dark';
}
interface WorkerFixtures {
  browserHere: Browser;
}

interface Running {
  readonly page: Page;
  readonly context: BrowserContext | undefined;
  readonly web: WebHost | undefined;
  readonly app: StandinApp | undefined;
}

export const test = base.extend<Fixtures & HostOption, WorkerFixtures>({
  host: ['web', { option: true }],
  colors: ['dark', { option: true }],
  browserHere: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern.
    async ({}, use) => {
      const browser = await chromium.launch({ executablePath: await chromiumPath(), args: ['--no-sandbox', '--disable-gpu'] });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  studio: async ({ host, browserHere, viewport, colors }, use) => {
    const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'trace-studio-e2e-')));
    const work = path.join(folder, 'work');
    const data = path.join(folder, 'data');
    for (const each of [work, data]) mkdirSync(each);
    const problems: string[] = [];
    const watch = (page: Page) => {
      page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
      // A violation of the content security policy, a failed request or an error that React caught: none is ever right.
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    };
    const begin = async (): Promise<Running> => {
      if (host === 'standin') {
        const app = await launchStandin({ userData: data, cwd: work });
        watch(app.page);
        await app.page.setViewportSize(viewport ?? { width: 1280, height: 800 });
        await app.page.emulateMedia({ colorScheme: colors });
        return { app, page: app.page, web: undefined, context: undefined };
      }
      const web = await startWebHost({ dataFolder: data, cwd: work, roots: [work] });
      const context = await browserHere.newContext({ viewport, colorScheme: colors });
      await context.addInitScript(drawLessOften);
      const page = await context.newPage();
      watch(page);
      await page.goto(web.url);
      return { web, context, page, app: undefined };
    };
    const end = async ({ web, context, app }: Running) => {
      await context?.close();
      await web?.close();
      await app?.close();
    };

    let running = await begin();
    const studio: Studio = {
      host,
      work,
      data,
      get page() {
        return running.page;
      },
      get start() {
        return new StartPage(running.page);
      },
      get window() {
        return new TraceWindow(running.page);
      },
      get timeline() {
        return new Timeline(running.page);
      },
      get graphs() {
        return new Graphs(running.page);
      },
      get plugins() {
        return new PluginManager(running.page);
      },
      script(name, text) {
        const file = path.join(work, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
        return file;
      },
      async answerFile(kind, file, act) {
        if (running.app) {
          if (kind === 'open') await running.app.prepareDialog('open', { canceled: false, filePaths: [file] });
          else await running.app.prepareDialog('save', { canceled: false, filePath: file });
          await act();
          return;
        }
        await act();
        await new TraceWindow(running.page).filePanel.choose(kind, file);
      },
      async closeByFrame() {
        if (!running.app) throw new Error('only a desktop window has a frame');
        await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      },
      async secondWindow() {
        if (!running.context) throw new Error('a second window is opened in the web host only');
        const page = await running.context.newPage();
        watch(page);
        await page.goto(new URL('/', running.page.url()).href);
        return page;
      },
      async restart(signal = 'SIGTERM') {
        const { web, app } = running;
        const known = problems.length;
        const child = web?.process ?? app?.process;
        const gone = new Promise((resolve) => child?.once('exit', resolve));
        child?.kill(signal);
        await gone;
        await end(running);
        // Between its end and that of its page, the host is away: that the page tried to reach it is right.
        problems.push(...problems.splice(known).filter((problem) => !/^WebSocket connection to .* failed/.test(problem)));
        running = await begin();
      },
    };
    await expect(studio.start.heading).toBeVisible();
    await use(studio);
    await end(running);
    endScriptsOf(work);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    expect(problems, 'no error was printed in the page').toEqual([]);
  },
});

export { expect } from 'playwright/test';

/**
 * Runs in the page: frames at 20 Hz, as on a slow display. A live trace is drawn anew in each, without a GPU that is most of what
 * a test takes of the processor, and nobody looks.
 */
function drawLessOften(): void {
  const FRAME_MS = 50;
  const native = window.requestAnimationFrame.bind(window);
  const waiting = new Map<number, FrameRequestCallback>();
  let nextId = 1;
  let isAsked = false;
  let last = 0;
  const frame = (now: number) => {
    isAsked = false;
    last = now;
    const due = [...waiting.values()];
    waiting.clear();
    // One that throws must not take the others along.
    for (const callback of due) queueMicrotask(() => callback(now));
  };
  window.requestAnimationFrame = (callback) => {
    waiting.set(nextId, callback);
    if (!isAsked) {
      isAsked = true;
      setTimeout(() => native(frame), Math.max(0, FRAME_MS - (performance.now() - last)));
    }
    return nextId++;
  };
  window.cancelAnimationFrame = (id) => waiting.delete(id);
}

/** A host that is killed takes its collector along, as Electron does; what the script of a test does then is not this test's matter. */
function endScriptsOf(work: string): void {
  if (process.platform !== 'linux') return;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`) === work) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended meanwhile, or is not ours.
    }
  }
}
