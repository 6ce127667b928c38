/** What we believe of Electron, asked of the host by a small app. On the stand-in this checks the imitation, on Electron the belief. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect } from 'playwright/test';
import type { ContractWorker } from './fixtures.ts';
import { type HostApp, type HostKind, launch } from './hosts.ts';

const probeApp = path.join(path.dirname(fileURLToPath(import.meta.url)), 'probe-app');

interface Probe {
  echo(value: unknown): Promise<unknown>;
  sender(): Promise<{ url: string; isTop: boolean }>;
  nobody(): Promise<unknown>;
  askPort(): void;
  callBack(listener: (value: number) => number): number;
  later(): Promise<unknown>;
  fail(): void;
  failLater(): Promise<unknown>;
  point(): { x: number; getX?: unknown };
  requireFs(): string;
  sendFunction(): string;
  nested: { deep: { list: number[] } };
}
declare const probe: Probe;

const test = base.extend<object, Pick<ContractWorker, 'hostKind'> & { app: HostApp }>({
  hostKind: ['standin' as HostKind, { option: true, scope: 'worker' }],
  app: [
    async ({ hostKind }, use) => {
      const app = await launch(hostKind, { appFolder: probeApp });
      await app.page.getByText('probe app').waitFor();
      await use(app);
      await app.close();
    },
    { scope: 'worker' },
  ],
});

test('invoke carries what structured clone carries', async ({ app }) => {
  const seen = await app.page.evaluate(async () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    const sent = {
      date: new Date(5),
      map: new Map([[1, new Set(['a'])]]),
      bytes: new Uint8Array([1, 2]),
      words: new Uint16Array([258]),
      buffer: new Uint8Array([9]).buffer,
      big: 10n,
      nan: Number.NaN,
      missing: undefined,
      error: new RangeError('too far'),
      pattern: /a+/gi,
      loop,
    };
    const got = (await probe.echo(sent)) as typeof sent;
    return {
      date: got.date instanceof Date && got.date.getTime(),
      map: got.map instanceof Map && [...(got.map.get(1) ?? [])],
      bytes: got.bytes instanceof Uint8Array && [...got.bytes],
      words: got.words instanceof Uint16Array && [...got.words],
      buffer: got.buffer instanceof ArrayBuffer && got.buffer.byteLength,
      big: String(got.big),
      nan: Number.isNaN(got.nan),
      missing: 'missing' in got && got.missing === undefined,
      error: got.error instanceof Error && got.error.message,
      pattern: String(got.pattern),
      loop: got.loop.self === got.loop,
    };
  });
  expect(seen).toEqual({
    date: 5,
    map: ['a'],
    bytes: [1, 2],
    words: [258],
    buffer: 1,
    big: '10',
    nan: true,
    missing: true,
    error: 'too far',
    pattern: '/a+/gi',
    loop: true,
  });
});

test('main sees which page asked', async ({ app }) => {
  expect(await app.page.evaluate(() => probe.sender())).toEqual({ url: 'app://studio/index.html', isTop: true });
});

test('an unhandled invocation is refused in Electron’s words', async ({ app }) => {
  expect(await app.page.evaluate(() => probe.nobody().catch((error: Error) => error.message))).toBe(
    "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
  );
});

test('a function cannot be sent', async ({ app }) => {
  expect(await app.page.evaluate(() => probe.sendFunction())).toContain('could not be cloned');
});

test('functions, promises and errors cross the bridge, classes do not', async ({ app }) => {
  const seen = await app.page.evaluate(async () => {
    const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
    let called: number | undefined;
    const returned = probe.callBack((value) => {
      called = value;
      return value + 1;
    });
    let thrown: unknown;
    try {
      probe.fail();
    } catch (error) {
      thrown = messageOf(error);
    }
    const { x, getX } = probe.point();
    return { called, returned, later: await probe.later(), thrown, failed: await probe.failLater().catch(messageOf), x, method: typeof getX };
  });
  expect(seen).toEqual({ called: 41, returned: 42, later: { answer: 42 }, thrown: 'from preload', failed: 'later', x: 1, method: 'undefined' });
});

test('what is exposed is frozen to its depth', async ({ app }) => {
  expect(await app.page.evaluate(() => [probe, probe.nested, probe.nested.deep, probe.nested.deep.list].map(Object.isFrozen))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('a sandboxed preload has no Node, and its globals are its own', async ({ app }) => {
  expect(await app.page.evaluate(() => probe.requireFs())).toBe('module not found: node:fs');
  expect(await app.page.evaluate(() => 'secretOfPreload' in globalThis)).toBe(false);
});

test('a port carries what was posted before it arrived, in order, and tells of its end', async ({ app }) => {
  const seen = await app.page.evaluate(
    () =>
      new Promise((resolve) => {
        const texts: unknown[] = [];
        window.addEventListener(
          'message',
          ({ ports: [port], source, origin }) => {
            if (!port) return;
            port.onmessage = ({ data }) => {
              texts.push(data);
              if (data === 'second') port.postMessage('third');
              if (data === 'third') port.postMessage('close');
            };
            port.addEventListener('close', () => resolve({ texts, fromOwnWindow: source === window && origin === location.origin }));
          },
          { once: true },
        );
        probe.askPort();
      }),
  );
  expect(seen).toEqual({ texts: ['first', 'second', 'third'], fromOwnWindow: true });
});

test('only ports can be transferred from main', async ({ app }) => {
  const message = await app.evaluate(({ MessageChannelMain }) => {
    const { port1 } = new MessageChannelMain();
    try {
      port1.postMessage('x', [new ArrayBuffer(1) as unknown as Electron.MessagePortMain]);
      return 'nothing was thrown';
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(message).toBe('Port at index 0 is not a valid port');
});

test('a second handler for a channel is refused', async ({ app }) => {
  const message = await app.evaluate(({ ipcMain }) => {
    try {
      ipcMain.handle('echo', () => {});
      return 'nothing was thrown';
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(message).toBe("Attempted to register a second handler for 'echo'");
});

test('the app knows its name and version', async ({ app }) => {
  expect(await app.evaluate(({ app: electronApp }) => [electronApp.getName(), electronApp.getVersion()])).toEqual(['Probe', '1.2.3']);
});

test('dark or light is the app’s choice, and the page follows', async ({ app }) => {
  const isDark = () => app.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  for (const theme of ['dark', 'light'] as const) {
    await app.evaluate(({ nativeTheme }, source) => {
      nativeTheme.themeSource = source;
    }, theme);
    await expect.poll(isDark).toBe(theme === 'dark');
  }
});

test.describe('of the stand-in alone', () => {
  test.skip(({ hostKind }) => hostKind !== 'standin', 'Electron has what the stand-in has not');

  test('what is not imitated throws', async ({ app }) => {
    const messages = await app.evaluate((electron) => {
      const reason = (act: () => unknown) => {
        try {
          return String(act());
        } catch (error) {
          return (error as Error).message;
        }
      };
      return [
        reason(() => electron.Tray),
        reason(() => electron.app.getLocale()),
        reason(() => electron.BrowserWindow.getAllWindows()[0]?.setOpacity(1)),
        reason(() => electron.dialog.showMessageBoxSync({ message: '' })),
      ];
    });
    expect(messages).toEqual([
      'stand-in: electron.Tray is not implemented',
      'stand-in: App.getLocale is not implemented',
      'stand-in: BrowserWindow.setOpacity is not implemented',
      'stand-in: dialog.showMessageBoxSync is not implemented',
    ]);
  });

  test('its browser ends with it, even when it is killed without a word', async () => {
    const { launchStandin } = await import('../standin/launch.ts');
    const app = await launchStandin({ appFolder: probeApp });
    const gone = new Promise((resolve) => app.page.context().browser()?.on('disconnected', resolve));
    app.process.kill('SIGKILL');
    await gone;
    await app.close();
  });

  test('a window without isolation or sandbox is refused', async ({ app }) => {
    const message = await app.evaluate(({ BrowserWindow }) => {
      try {
        new BrowserWindow({ webPreferences: { nodeIntegration: true } });
        return 'a window was made';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(message).toContain('only sandboxed, isolated windows');
  });
});
