import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Peer } from '../../../core/protocol/rpc.ts';
import { startWebHost, type WebHost } from '../../../main/web/web-host.ts';
import { readAll, StudioFixture, scriptConfig, WindowClient } from '../services/studio-fixture.ts';
import { enter, loadPage, openChannel } from './web-client.ts';

let fixture: StudioFixture;
let host: WebHost;
beforeEach(async () => {
  fixture = new StudioFixture();
  // The window itself is not part of this test.
  const rendererFolder = path.join(fixture.folder, 'renderer');
  mkdirSync(rendererFolder);
  writeFileSync(path.join(rendererFolder, 'index.html'), '<!doctype html><html><head></head></html>');
  host = await startWebHost({
    studio: fixture.studio,
    rendererFolder,
    port: 0,
    host: '127.0.0.1',
    allowHosts: [],
    openPaths: ['/somewhere/trace.json'],
  });
});
afterEach(async () => {
  await host.close();
  await fixture.end();
});

test('a page starts a script, follows its recording, and after a reload finds both', async () => {
  const { port, cookie } = await enter(host.freshLink());
  const { nonce } = await loadPage(port, cookie);
  const window = new WindowClient(await openChannel(port, cookie, 'services', nonce));
  const script = fixture.write('count.js', `const { VizCounter, getTracer } = require('trace-studio'); new VizCounter(getTracer(), 'queue').waiting = 7;`);
  const { id, recording } = await window.request('session.start', scriptConfig(script));
  const reader = new Peer(await openChannel(port, cookie, 'collector', nonce));
  const bytes = await readAll(reader, recording);
  expect(bytes.toString('latin1')).toContain('waiting');
  expect((await window.ended(id)).end).toEqual({ kind: 'exited', code: 0 });
  await window.request('window.setDocument', { title: 'count.js', unsaved: true, running: 0 });
  expect(await window.pushedThat('open-path', () => true)).toEqual({ path: '/somewhere/trace.json' });

  window.peer.close();
  reader.close();
  const reloaded = await loadPage(port, cookie);
  const after = new WindowClient(await openChannel(port, cookie, 'services', reloaded.nonce));
  expect(await after.request('recordings.list', null)).toMatchObject([{ id: recording }]);
  expect(await after.request('session.list', null)).toMatchObject([{ id, state: 'ended' }]);
  expect(await readAll(new Peer(await openChannel(port, cookie, 'collector', reloaded.nonce)), recording)).toEqual(bytes);
});

test('dialogs and links of the system are refused in words', async () => {
  const { port, cookie } = await enter(host.freshLink());
  const window = new WindowClient(await openChannel(port, cookie, 'services', (await loadPage(port, cookie)).nonce));
  await expect(window.request('dialog.pickOpen', { purpose: 'trace', title: 'Open' })).rejects.toMatchObject({ code: 'no-dialogs' });
  await expect(window.request('window.openExternal', { url: 'file:///etc/passwd' })).rejects.toMatchObject({ code: 'link-refused' });
  expect(await window.request('studio.info', null)).toMatchObject({ host: 'web', nativeDialogs: false });
});

test('a frame that is no request ends that window alone', async () => {
  const { port, cookie } = await enter(host.freshLink());
  const { nonce } = await loadPage(port, cookie);
  const broken = await openChannel(port, cookie, 'services', nonce);
  const closed = new Promise<void>((resolve) => {
    broken.onClose = () => resolve();
  });
  broken.send(new Uint8Array([99, 0, 0, 0, 0]));
  await closed;
  const window = new WindowClient(await openChannel(port, cookie, 'services', nonce));
  expect((await window.request('studio.info', null)).version).toMatch(/^\d/);
});
