import { beforeEach, describe, expect, it } from 'vitest';
import { type Edit, forgetEdits, LAYOUT, noteEdit, redoEdit, resetEdits, undoEdit } from '../../../../renderer/state/edit-history.ts';

describe('undo of edits', () => {
  let log: string[];
  beforeEach(() => {
    resetEdits();
    log = [];
  });
  const edit = (label: string, of: string): Edit => ({ label, of, undo: () => log.push(`undo ${label}`), redo: () => log.push(`redo ${label}`) });

  it('goes back and forth through panels and notes in the order in which they were changed', () => {
    noteEdit(edit('a', LAYOUT));
    noteEdit(edit('b', 't1'));
    noteEdit(edit('c', LAYOUT));
    expect([undoEdit('t1'), undoEdit('t1'), redoEdit('t1'), undoEdit('t1'), undoEdit('t1'), undoEdit('t1')]).toEqual([true, true, true, true, true, false]);
    expect(log).toEqual(['undo c', 'undo b', 'redo b', 'undo b', 'undo a']);
  });

  it('leaves alone what another trace has, until that is in sight', () => {
    noteEdit(edit('panels', LAYOUT));
    noteEdit(edit('theirs', 't2'));
    expect(undoEdit('t1')).toBe(true);
    expect(undoEdit('t1')).toBe(false);
    expect(undoEdit('t2')).toBe(true);
    expect(log).toEqual(['undo panels', 'undo theirs']);
  });

  it('a new one ends what could be done again', () => {
    noteEdit(edit('a', 't'));
    undoEdit('t');
    noteEdit(edit('b', 't'));
    expect(redoEdit('t')).toBe(false);
  });

  it('takes back one that is named, once', () => {
    const first = edit('a', 't');
    noteEdit(first);
    noteEdit(edit('b', 't'));
    expect(undoEdit('t', first)).toBe(true);
    expect(undoEdit('t', first)).toBe(false);
    expect(undoEdit('t')).toBe(true);
    expect(log).toEqual(['undo a', 'undo b']);
  });

  it('forgets what belongs to a trace that was closed, and keeps a hundred', () => {
    noteEdit(edit('panels', LAYOUT));
    for (let k = 0; k < 150; k++) noteEdit(edit(`${k}`, 't'));
    for (let k = 0; k < 100; k++) expect(undoEdit('t')).toBe(true);
    expect(undoEdit('t')).toBe(false);
    forgetEdits('t');
    expect(redoEdit('t')).toBe(false);
  });
});
