import { lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockType } from '../../../core/protocol/recording-format.ts';
import type { Peer, WithBytes } from '../../../core/protocol/rpc.ts';
import type { RecordingInfoSummary } from '../../../core/protocol/session-types.ts';
import { CollectorFixture, readRecording, recordedText, spawnPlan } from './collector-fixture.ts';

let fixture: CollectorFixture;
beforeEach(() => {
  fixture = new CollectorFixture();
});
afterEach(() => fixture.dispose());

async function followToEnd(window: Peer, offset = 0, recording = 'one'): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of window.stream('recording.follow', { recording, offset })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A target that prints when it has sent its events, and ends when its stdin does. */
const held = (events: number) =>
  spawnPlan({ args: ['-e', 'process.stdin.resume().on("end", () => process.exit(0)); console.log("up")'], hand: { events, hold: true } });

describe('a window', () => {
  it('that comes late and one from the start see the same bytes, and both end with the recording', async () => {
    await fixture.start(held(5000));
    const early = followToEnd(fixture.window());
    await recordedText(fixture.window(), 'one', 'sent');
    const late = followToEnd(fixture.window());
    fixture.collector.stdin('one', '', true);
    const [first, second] = await Promise.all([early, late]);
    expect(first.equals(fixture.bytes())).toBe(true);
    expect(second.equals(first)).toBe(true);
    expect(readRecording(first).complete).toBe(true);
  });

  it('goes on from an offset after it was reloaded', async () => {
    await fixture.run(spawnPlan({ hand: { events: 5000 } }));
    const whole = fixture.bytes();
    expect((await followToEnd(fixture.window(), 4096)).equals(whole.subarray(4096))).toBe(true);
    expect((await followToEnd(fixture.window(), whole.length + 5)).length).toBe(0);
  });

  it('that reads slowly holds back nobody', async () => {
    await fixture.start(held(1_000_000));
    const slow = fixture.window().stream('recording.follow', { recording: 'one', offset: 0 });
    const first = await slow.next();
    await recordedText(fixture.window(), 'one', 'sent');
    await fixture.until((info) => info.events === 1_000_000);
    fixture.collector.stdin('one', '', true);
    const info = await fixture.collector.whenEnded('one');
    expect(info).toMatchObject({ events: 1_000_000, dropped: 0 });
    const rest: Uint8Array[] = [first.value as Uint8Array];
    for await (const chunk of slow) rest.push(chunk);
    expect(Buffer.concat(rest).equals(fixture.bytes())).toBe(true);
  });

  it('that leaves while it waits is forgotten', async () => {
    await fixture.start(held(10));
    const leaving = fixture.window();
    const stream = leaving.stream('recording.follow', { recording: 'one', offset: 0 });
    await stream.next();
    leaving.close();
    fixture.collector.stdin('one', '', true);
    expect((await fixture.collector.whenEnded('one')).end).toEqual({ kind: 'exited', code: 0 });
  });

  it('reads any range, live and saved, and no more than there is', async () => {
    await fixture.run(spawnPlan({ hand: { events: 1000 } }));
    const whole = fixture.bytes();
    const window = fixture.window();
    const read = async (offset: number, length: number) =>
      Buffer.from((await window.call<WithBytes>('recording.read', { recording: 'one', offset, length })).bytes ?? []);
    expect((await read(100, 50)).equals(whole.subarray(100, 150))).toBe(true);
    expect((await read(whole.length - 10, 5000)).equals(whole.subarray(-10))).toBe(true);
    expect((await read(whole.length + 10, 50)).length).toBe(0);
    await expect(read(-1, 5)).rejects.toMatchObject({ code: 'bad-range' });
    await expect(read(0, 2 ** 40)).rejects.toMatchObject({ code: 'bad-range' });
  });

  it('is told about a recording that is not there', async () => {
    await expect(fixture.window().call('recording.status', { recording: 'nope' })).rejects.toMatchObject({ code: 'no-such-recording' });
    await expect(followToEnd(fixture.window(), 0, 'nope')).rejects.toMatchObject({ code: 'no-such-recording' });
  });
});

describe('any file', () => {
  it('is followed and read as it is, and says what it is', async () => {
    await fixture.run(spawnPlan({ hand: { events: 100 } }));
    const other = fixture.file('trace.json');
    fixture.write(other, '{"traceEvents":[]}');
    expect(await fixture.collector.open(other, 'json', false)).toMatchObject({ format: 'other', live: false, bytes: 18, unsaved: false, title: 'trace.json' });
    expect((await followToEnd(fixture.window(), 0, 'json')).toString()).toBe('{"traceEvents":[]}');
    expect(await fixture.collector.open(fixture.file(), 'again', true)).toMatchObject({ format: 'recording', unsaved: true });
    expect((await followToEnd(fixture.window(), 0, 'again')).equals(fixture.bytes())).toBe(true);
  });

  it('that cannot be opened gives words', async () => {
    await expect(fixture.collector.open('/nowhere/x.tsr', 'x', false)).rejects.toMatchObject({ code: 'not-found', message: '/nowhere/x.tsr does not exist.' });
    await expect(fixture.collector.open(fixture.folder, 'x', false)).rejects.toMatchObject({ code: 'not-a-file' });
  });

  it('once closed is not read any more', async () => {
    await fixture.run(spawnPlan({}));
    await fixture.collector.close('one');
    await expect(fixture.window().call('recording.status', { recording: 'one' })).rejects.toMatchObject({ code: 'no-such-recording' });
    expect(fixture.collector.sessions()).toEqual([]);
  });
});

describe('saving', () => {
  it('copies a finished recording byte for byte, over an existing file too', async () => {
    await fixture.run(spawnPlan({ hand: { events: 1000 } }));
    const target = fixture.file('saved.tsr');
    fixture.write(target, 'something else');
    expect(await fixture.collector.saveAs('one', target)).toBe(statSync(target).size);
    expect(readFileSync(target).equals(fixture.bytes())).toBe(true);
  });

  it('through a symbolic link replaces the file that it names', async () => {
    await fixture.run(spawnPlan({}));
    fixture.write(fixture.file('real.tsr'), 'something else');
    symlinkSync('real.tsr', fixture.file('link.tsr'));
    await fixture.collector.saveAs('one', fixture.file('link.tsr'));
    expect(lstatSync(fixture.file('link.tsr')).isSymbolicLink()).toBe(true);
    expect(readFileSync(fixture.file('real.tsr')).equals(fixture.bytes())).toBe(true);
  });

  it('of a recording under way gives a file that opens clean, and the recording goes on', async () => {
    await fixture.start(held(5000));
    await fixture.until((info) => info.events === 5000);
    const target = fixture.file('saved.tsr');
    await fixture.collector.saveAs('one', target);
    const saved = readRecording(readFileSync(target));
    expect(saved).toMatchObject({ problems: [], complete: true });
    expect(saved.data().length).toBeGreaterThanOrEqual(5000 * 24);
    expect(fixture.collector.recording('one').summary).toMatchObject<Partial<RecordingInfoSummary>>({ live: true });
    await expect(fixture.collector.close('one')).rejects.toMatchObject({ code: 'recording-live' });
    symlinkSync('one.tsr', fixture.file('link.tsr'));
    for (const name of ['one.tsr', 'link.tsr'])
      await expect(fixture.collector.saveAs('one', fixture.file(name))).rejects.toMatchObject({ code: 'save-onto-itself' });
    fixture.collector.stdin('one', '', true);
    await fixture.collector.whenEnded('one');
    const whole = readRecording(fixture.bytes());
    expect(whole).toMatchObject({ problems: [], complete: true });
    const own = saved.blocks.filter((block) => block.header.type !== BlockType.INDEX && block.header.type !== BlockType.FOOTER);
    expect(own.map((block) => block.header)).toEqual(whole.blocks.slice(0, own.length).map((block) => block.header));
  });

  it('that fails leaves an existing file as it was, and nothing beside it', async () => {
    await fixture.run(spawnPlan({}));
    const folder = path.join(fixture.folder, 'folder.tsr', 'inner');
    fixture.write(path.join(folder, 'file'), 'x');
    await expect(fixture.collector.saveAs('one', path.dirname(folder))).rejects.toMatchObject({ code: 'is-a-folder' });
    await expect(fixture.collector.saveAs('one', '/nowhere/at/all.tsr')).rejects.toMatchObject({ code: 'no-such-folder' });
    expect(fixture.names().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
