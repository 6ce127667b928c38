/** What the host shows outside the page: menu, dialogs, title, the user's other programs. */
import path from 'node:path';
import { ask, expect, pushed, test } from './fixtures.ts';

const COMMANDS = [
  'open',
  'save',
  'save-as',
  'export',
  'close',
  'run',
  'stop',
  'restart',
  'record',
  'snapshot',
  'mark',
  'save-last',
  'sampling',
  'cpu-profile',
  'heap-snapshot',
  'attach',
  'plugins',
  'settings',
  'help',
];

for (const command of COMMANDS) {
  test(`the menu item ${command} sends its command`, async ({ app }) => {
    await app.page.evaluate(() => window.contract.pushed.splice(0));
    await app.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(), command);
    expect(await pushed(app, 'command')).toEqual({ command });
  });
}

test('no two menu items have the same keys', async ({ app }) => {
  const keys = await app.evaluate(({ Menu }) => {
    const all: string[] = [];
    const visit = (items: readonly Electron.MenuItem[]) => {
      for (const item of items) {
        if (item.accelerator) all.push(String(item.accelerator));
        if (item.submenu) visit(item.submenu.items);
      }
    };
    visit(Menu.getApplicationMenu()?.items ?? []);
    return all;
  });
  expect(keys.length).toBeGreaterThan(8);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a file chosen in the dialog is told, and which dialog it was', async ({ app }) => {
  await app.prepareDialog('open', { canceled: false, filePaths: ['/somewhere/script.mjs'] });
  expect(await ask(app, 'dialog.pickOpen', { purpose: 'script', title: 'Choose a script', folder: '/somewhere' })).toBe('/somewhere/script.mjs');
  expect((await app.outsideCalls()).at(-1)).toMatchObject({
    what: 'dialog.showOpenDialog',
    argument: { title: 'Choose a script', defaultPath: '/somewhere', properties: ['openFile'] },
  });
});

test('a folder is asked for as a folder', async ({ app }) => {
  await app.prepareDialog('open', { canceled: false, filePaths: ['/somewhere'] });
  expect(await ask(app, 'dialog.pickOpen', { purpose: 'folder', title: 'Choose a folder' })).toBe('/somewhere');
  expect((await app.outsideCalls()).at(-1)).toMatchObject({ argument: { properties: ['openDirectory'] } });
});

test('a cancelled dialog answers with nothing', async ({ app }) => {
  expect(await ask(app, 'dialog.pickOpen', { purpose: 'trace', title: 'Open' })).toBeNull();
  expect(await ask(app, 'dialog.pickSave', { title: 'Save', suggestedName: 'a.tsr', extension: 'tsr' })).toBeNull();
});

test('saving suggests the name in its folder', async ({ app }) => {
  await app.prepareDialog('save', { canceled: false, filePath: '/somewhere/mine.tsr' });
  const question = { title: 'Save recording', suggestedName: 'queue.tsr', extension: 'tsr', folder: '/somewhere' };
  expect(await ask(app, 'dialog.pickSave', question)).toBe('/somewhere/mine.tsr');
  expect((await app.outsideCalls()).at(-1)).toMatchObject({
    what: 'dialog.showSaveDialog',
    argument: { defaultPath: path.join('/somewhere', 'queue.tsr'), filters: [{ extensions: ['tsr'] }] },
  });
});

test('a link opens in the browser only if it is one', async ({ app }) => {
  await ask(app, 'window.openExternal', { url: 'https://example.com/docs' });
  expect((await app.outsideCalls()).at(-1)).toEqual({ what: 'shell.openExternal', argument: 'https://example.com/docs' });
  const before = (await app.outsideCalls()).length;
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'vscode://x', 'not a link']) {
    expect(await ask(app, 'window.openExternal', { url })).toHaveProperty('refused');
  }
  expect((await app.outsideCalls()).length).toBe(before);
});

test('a file is revealed in its folder', async ({ app, folder }) => {
  const { writeFileSync, realpathSync } = await import('node:fs');
  const file = path.join(realpathSync(folder), 'a.tsr');
  writeFileSync(file, '');
  await ask(app, 'window.reveal', { path: file });
  expect((await app.outsideCalls()).at(-1)).toEqual({ what: 'shell.showItemInFolder', argument: file });
});

test('the window is named by what is open in it, not by the page', async ({ app }) => {
  const title = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle());
  await ask(app, 'window.setDocument', { title: 'queue.tsr', unsaved: true, running: 0 });
  expect(await title()).toBe('queue.tsr — Trace Studio');
  await app.page.evaluate(() => {
    document.title = 'a title of the page';
  });
  await ask(app, 'studio.info');
  expect(await title()).toBe('queue.tsr — Trace Studio');
  await ask(app, 'window.setDocument', { title: '', unsaved: false, running: 0 });
  expect(await title()).toBe('Trace Studio');
});
