import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceExcerpt } from '../../../core/protocol/studio-api.ts';
import { StudioFixture, scriptConfig, type WindowClient } from './studio-fixture.ts';

let fixture: StudioFixture;
let window: WindowClient;
beforeEach(() => {
  fixture = new StudioFixture();
  window = fixture.window();
});
afterEach(() => fixture.end());

const work = (name: string) => path.join(fixture.folder, 'work', name);
const AROUND = { line: 2, column: 1, before: 1, after: 1 };

/** A CPU profile that names these files: of no program that ever ran. */
async function profileOf(files: readonly string[]): Promise<string> {
  const nodes = files.map((url, k) => ({ id: k + 2, callFrame: { functionName: `f${k}`, scriptId: '1', url, lineNumber: 1, columnNumber: 0 }, hitCount: 1 }));
  const root = { id: 1, callFrame: { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 }, children: nodes.map(({ id }) => id) };
  const profile = { nodes: [root, ...nodes], startTime: 0, endTime: 1000, samples: nodes.map(({ id }) => id), timeDeltas: nodes.map(() => 10) };
  return (await window.request('recordings.openPath', { path: fixture.write('p.cpuprofile', JSON.stringify(profile)) })).id;
}

const read = (recording: string, file: string): Promise<SourceExcerpt> => window.request('source.read', { recording, file, ...AROUND });

test('the source of a call of a run is shown while it goes on and afterwards, whatever the recording calls its file', async () => {
  const script = fixture.write('calls.cjs', 'function outer() {\n  return inner();\n}\nfunction inner() { return 1; }\nouter();\nprocess.stdin.resume();\n');
  const { id, recording } = await window.request('session.start', scriptConfig(script, { capture: {} }));
  await window.pushedThat('session.changed', (info) => info.events > 3);
  const during = await read(recording, script);
  expect(during).toMatchObject({ path: script, line: 2, first: 1, total: 7, isMapped: false });
  expect(during.lines).toEqual(['function outer() {', '  return inner();', '}']);
  await window.request('session.stop', { session: id });
  await window.ended(id);
  expect(await read(recording, script)).toEqual(during);
});

describe('a file is shown only if it', () => {
  test('is named by the trace as a place of a function', async () => {
    const recording = await profileOf([`file://${fixture.write('named.js', 'one\ntwo\nthree\n')}`]);
    const other = fixture.write('other.js', 'secret\n');
    expect((await read(recording, `file://${work('named.js')}`)).lines).toEqual(['one', 'two', 'three']);
    await expect(read(recording, `file://${other}`)).rejects.toMatchObject({ code: 'source-not-named' });
    await expect(read(recording, work('../data/settings.json'))).rejects.toMatchObject({ code: 'source-not-named' });
  });

  test('lies inside the roots, links followed', async () => {
    writeFileSync(path.join(fixture.folder, 'outside.js'), 'a\nb\n');
    symlinkSync(path.join(fixture.folder, 'outside.js'), work('link.js'));
    const recording = await profileOf([path.join(fixture.folder, 'outside.js'), work('link.js')]);
    for (const file of [path.join(fixture.folder, 'outside.js'), work('link.js')])
      await expect(read(recording, file)).rejects.toMatchObject({ code: 'outside-roots' });
  });

  test('is a program, text, and no larger than a program is', async () => {
    const files = {
      'key.pem': 'a\nb\n',
      'binary.js': new Uint8Array([10, 10, 0, 1]),
      'latin.js': new Uint8Array([10, 10, 0xe4, 10]),
      'large.js': 'x\n'.repeat(1.1e6),
      'folder.js': undefined,
      'short.js': 'one line',
    };
    for (const [name, content] of Object.entries(files)) content === undefined ? mkdirSync(work(name)) : fixture.write(name, content);
    const urls = [...Object.keys(files).map(work), 'https://example.org/a.js', 'relative.js'];
    const recording = await profileOf(urls);
    const codes = await Promise.all(
      urls.map((url) =>
        read(recording, url).then(
          () => 'shown',
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(codes).toEqual([...Array(5).fill('source-not-shown'), 'source-changed', 'source-not-shown', 'source-not-shown']);
  });
});

test('a source map leads to what was written, if that may be shown', async () => {
  // Line 2 of the built file is line 3 of the written one.
  const map = (source: string) => JSON.stringify({ version: 3, sources: [source], names: [], mappings: ';AAEA' });
  fixture.write('src/written.ts', 'type A = 1;\n\nexport const a: A = 1;\n');
  fixture.write('built/a.js', '"use strict";\nconst a = 1;\n//# sourceMappingURL=a.js.map\n');
  fixture.write('built/a.js.map', map('../src/written.ts'));
  writeFileSync(path.join(fixture.folder, 'outside.ts'), 'no\nno\nno\n');
  fixture.write('built/b.js', '"use strict";\nconst b = 1;\n//# sourceMappingURL=b.js.map\n');
  fixture.write('built/b.js.map', map('../../outside.ts'));
  const recording = await profileOf([work('built/a.js'), work('built/b.js')]);
  expect(await read(recording, work('built/a.js'))).toMatchObject({
    path: work('src/written.ts'),
    line: 3,
    isMapped: true,
    lines: ['', 'export const a: A = 1;', ''],
  });
  expect(await read(recording, work('built/b.js'))).toMatchObject({ path: work('built/b.js'), line: 2, isMapped: false });
});

describe('the editor', () => {
  const EDITOR = `#!/usr/bin/env node
require('fs').writeFileSync(process.argv[2], JSON.stringify(process.argv.slice(3)));
`;

  test('is started with the place, without a shell, however the file is called', async () => {
    const strange = fixture.write('a $(touch hacked) "b".js', 'one\ntwo\n');
    const recording = await profileOf([strange]);
    const place = { recording, file: strange, line: 2, column: 4 };
    await expect(window.request('source.open', place)).rejects.toMatchObject({ code: 'no-editor' });
    fixture.write('editor.js', EDITOR);
    await window.request('settings.set', { editor: `"${process.execPath}" ${work('editor.js')} ${work('told.json')} --goto {file}:{line}:{column}` });
    await window.request('source.open', place);
    expect(JSON.parse(readFileSync(work('told.json'), 'utf8'))).toEqual(['--goto', `${strange}:2:4`]);
    await window.request('settings.set', { editor: 'no-such-editor {file}' });
    await expect(window.request('source.open', place)).rejects.toMatchObject({ code: 'editor-not-found' });
    await window.request('settings.set', { editor: `"${process.execPath}" -e "process.exit(3)"` });
    await expect(window.request('source.open', place)).rejects.toMatchObject({ code: 'editor-failed', message: /code 3/ });
    await expect(window.request('source.open', { ...place, file: work('editor.js') })).rejects.toMatchObject({ code: 'source-not-named' });
  });

  test('is not started by a studio whose windows are on other machines', async () => {
    const remote = new StudioFixture({ opensEditor: false });
    try {
      expect(await remote.window().request('studio.info', null)).toMatchObject({ opensEditor: false });
      window = remote.window();
      const before = fixture;
      fixture = remote;
      const recording = await profileOf([remote.write('a.js', 'one\ntwo\n')]);
      fixture = before;
      await expect(window.request('source.open', { recording, file: path.join(remote.folder, 'work/a.js'), line: 1, column: 1 })).rejects.toMatchObject({
        code: 'no-editor-here',
      });
    } finally {
      await remote.end();
    }
  });
});
