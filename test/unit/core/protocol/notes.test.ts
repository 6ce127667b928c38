import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withNotes } from '../../../../core/formats/recording-notes.ts';
import { recordingRange } from '../../../../core/formats/recording-range.ts';
import { findIndex } from '../../../../core/model/recording-index.ts';
import { Trace } from '../../../../core/model/trace.ts';
import { checkedNote, encodeNoteTail, MAX_NOTE_CHARS, MAX_NOTES, type NoteChange, Notes } from '../../../../core/protocol/notes.ts';
import { BlockReader, findFooter, type RecordingItem } from '../../../../core/protocol/recording-reader.ts';
import { TestRecording } from '../../../helpers/build-recording.ts';

const note = (id: string, fromNs: number, toNs: number, text: string) => ({ id, fromNs, toNs, text });

function recorded(): Uint8Array {
  const { recording, stream } = TestRecording.simple();
  recording.slice(stream, 0, 5e6, 'work');
  recording.instant(stream, 9e6, 'end');
  return recording.finish();
}

function withChange(bytes: Uint8Array, change: NoteChange): Uint8Array {
  const footer = findFooter(bytes.subarray(Math.max(0, bytes.length - 16 * 1024)));
  if (!footer) throw new Error('no footer');
  return Buffer.concat([bytes, ...encodeNoteTail(change, footer, bytes.length)]);
}

/** As the window reads a file: block by block. */
function read(bytes: Uint8Array): { readonly trace: Trace; readonly amiss: RecordingItem[] } {
  const trace = new Trace(accessTo(bytes));
  const amiss: RecordingItem[] = [];
  const reader = new BlockReader();
  for (const item of [...reader.push(bytes), ...reader.end()]) {
    if (item.kind === 'head') trace.setHead(item.head);
    else if (item.kind === 'block') trace.addBlock(item.header, item.payload, item.offset);
    else amiss.push(item);
  }
  return { trace, amiss };
}

const accessTo = (bytes: Uint8Array) => ({ read: async (offset: number, length: number) => bytes.slice(offset, offset + length) });

describe('a note behind a complete recording', () => {
  test('is found, replaced and taken away, and the recording stays whole', async () => {
    let bytes = recorded();
    const { events } = read(bytes).trace.totals();
    bytes = withChange(bytes, { put: note('a', 1e6, 2e6, 'slow') });
    bytes = withChange(bytes, { put: note('b', 500, 500, 'here') });
    bytes = withChange(bytes, { put: note('a', 1e6, 3e6, 'slow, and why') });
    expect(read(bytes).amiss).toEqual([]);
    expect(read(bytes).trace.notes()).toEqual([note('b', 500, 500, 'here'), note('a', 1e6, 3e6, 'slow, and why')]);
    expect(read(bytes).trace.totals().events).toBe(events);
    bytes = withChange(bytes, { remove: 'b' });
    expect(read(bytes).trace.notes()).toEqual([note('a', 1e6, 3e6, 'slow, and why')]);
  });

  test('is in the index, which still leads to all blocks of before', async () => {
    const before = recorded();
    const rows = (await findIndex(accessTo(before), before.length))?.rows.length ?? 0;
    let bytes = before;
    for (const id of ['a', 'b']) bytes = withChange(bytes, { put: note(id, 0, 0, id) });
    const index = await findIndex(accessTo(bytes), bytes.length);
    expect(index?.rows).toHaveLength(rows + 2);
    expect(index?.footer?.durationNs).toBe(read(before).trace.footer?.durationNs);
    // The time of a note is no time of the run.
    expect(read(bytes).trace.endNs).toBe(read(before).trace.endNs);
  });

  test('a write that was cut leaves the notes of before', async () => {
    const first = withChange(recorded(), { put: note('a', 0, 0, 'kept') });
    const second = withChange(first, { put: note('b', 0, 0, 'cut') });
    for (let length = first.length; length < second.length; length += 7) {
      const ids = read(second.subarray(0, length))
        .trace.notes()
        .map(({ id }) => id);
      expect(ids[0]).toBe('a');
    }
  });

  test('comes along into a part of the recording', async () => {
    const bytes = withChange(recorded(), { put: note('a', 1e6, 2e6, 'slow') });
    const part = await joined(recordingRange(once(bytes), { fromNs: 0, toNs: 4e6 }));
    expect(read(part).trace.notes()).toEqual([note('a', 1e6, 2e6, 'slow')]);
    // What was moved out of the range, or taken away, does not come back.
    const moved = withChange(withChange(withChange(bytes, { put: note('a', 6e6, 7e6, 'slow') }), { put: note('b', 0, 0, 'b') }), { remove: 'b' });
    expect(read(await joined(recordingRange(once(moved), { fromNs: 0, toNs: 4e6 }))).trace.notes()).toEqual([]);
    expect(read(await joined(recordingRange(once(bytes), { without: ['notes'] }))).trace.notes()).toEqual([]);
  });
});

test('notes that lie beside a trace are put behind the head of its recording, wherever its pieces end', async () => {
  const bytes = recorded();
  const notes = Array.from({ length: 120 }, (_, k) => note(`n${k}`, k, k, `note ${k}`));
  for (const size of [1, 63, 64, 1000, bytes.length]) {
    const { trace, amiss } = read(await joined(withNotes(pieces(bytes, size), notes)));
    expect(amiss).toEqual([]);
    expect(trace.notes()).toEqual(notes);
  }
});

test('a line of any content is a note or is none, and never more than the limits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.anything(), fromNs: fc.anything(), toNs: fc.anything(), text: fc.anything(), removed: fc.anything() })),
      (lines) => {
        const notes = new Notes();
        for (const line of lines) notes.line({ kind: 'note', timeNs: 0, ...line } as never);
        for (const each of notes.list()) expect(checkedNote(each)).toEqual(each);
      },
    ),
  );
  const notes = new Notes();
  for (let k = 0; k < MAX_NOTES + 5; k++) notes.change({ put: note(`${k}`, 0, 0, '') });
  expect(notes.list()).toHaveLength(MAX_NOTES);
  expect(checkedNote(note('a', 0, 0, 'x'.repeat(MAX_NOTE_CHARS + 1)))?.text).toHaveLength(MAX_NOTE_CHARS);
  expect(checkedNote(note('a', 2, 1, ''))).toBeUndefined();
  expect(checkedNote(note('a', Number.NaN, 1, ''))).toBeUndefined();
});

async function* once(bytes: Uint8Array) {
  yield bytes;
}
async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function joined(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}
