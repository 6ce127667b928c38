import { beforeEach, describe, expect, test, vi } from 'vitest';
import { changeNote, connectNotes, newNote, nextMarkName, notesState, resetNotes } from '../../../../renderer/state/notes-store.ts';
import { connectTraces, emptySummary, openTrace, resetTraces, updateTrace } from '../../../../renderer/state/trace-store.ts';
import { FakeStudio, FakeTraces } from '../../../helpers/fake-studio.ts';

const note = (id: string, text: string) => ({ id, fromNs: 0, toNs: 0, text });

describe('notes of an open trace', () => {
  let traces: FakeTraces;
  let studio: FakeStudio;
  beforeEach(() => {
    resetTraces();
    resetNotes();
    traces = new FakeTraces({ 'notes.list': () => [note('in', 'inside')] });
    studio = new FakeStudio({ 'notes.beside': () => [note('by', 'beside')], 'notes.change': () => ({}) });
    connectTraces(traces);
    connectNotes(studio, traces);
  });
  const open = (recording?: string) =>
    openTrace({ kind: 'file', file: {} }, { title: 't', path: '', unsaved: false, format: 'other', ...(recording && { recording }) });
  const texts = (trace: string) => notesState(trace).map(({ text }) => text);

  test('are those inside and beside, then what was changed here or elsewhere', async () => {
    const trace = open('r');
    traces.push('summary', { ...emptySummary(trace), revision: 1, notesRevision: 1 });
    await vi.waitFor(() => expect(texts(trace)).toEqual(['inside', 'beside']));
    await changeNote(trace, { put: note('in', 'changed') });
    studio.push('notes.changed', { recording: 'r', change: { put: note('in', 'changed') } });
    studio.push('notes.changed', { recording: 'r', change: { remove: 'by' } });
    studio.push('notes.changed', { recording: 'other', change: { remove: 'in' } });
    expect(texts(trace)).toEqual(['changed']);
    // Another window takes it away, and puts it back as it was.
    studio.push('notes.changed', { recording: 'r', change: { remove: 'in' } });
    expect(texts(trace)).toEqual([]);
    studio.push('notes.changed', { recording: 'r', change: { put: note('in', 'changed') } });
    expect(texts(trace)).toEqual(['changed']);
  });

  test('a change that was not kept is taken back', async () => {
    const trace = open('r');
    studio.handlers = { ...studio.handlers, 'notes.change': () => Promise.reject(new Error('disk full')) };
    const changed = changeNote(trace, { put: note('a', 'lost') });
    expect(texts(trace)).toEqual(['lost']);
    await expect(changed).rejects.toThrow('disk full');
    expect(texts(trace)).toEqual(['beside']);
  });

  test('what was written in a dropped trace is told to the host when that gets it', async () => {
    const trace = open();
    expect(await changeNote(trace, { put: note('a', 'early') })).toEqual({ kept: 'window' });
    expect(studio.asked).toEqual([]);
    updateTrace(trace, { recording: 'r' });
    await vi.waitFor(() => expect(texts(trace)).toEqual(['beside', 'early']));
    expect(studio.asked[0]).toEqual({ method: 'notes.change', argument: { recording: 'r', change: { put: note('a', 'early') } } });
  });

  test('marks have the next number that is free', async () => {
    const trace = open('r');
    expect(nextMarkName(trace)).toBe('Mark 1');
    await changeNote(trace, { put: newNote({ fromNs: 1, toNs: 2 }, 'Mark 7') });
    expect(nextMarkName(trace)).toBe('Mark 8');
  });
});
