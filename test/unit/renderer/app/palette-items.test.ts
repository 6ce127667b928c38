import { describe, expect, it } from 'vitest';
import { matchItems, type PaletteItem } from '../../../../renderer/app/palette-items.ts';

const item = (label: string, where = ''): PaletteItem => ({ id: label, label, where, keys: '', run: () => {} });
const ITEMS = [item('Unpin the track'), item('Pin the track', 'Timeline'), item('Zoom in'), item('Zoom in fast')];
const labels = (text: string) => matchItems(ITEMS, text).map(({ label }) => label);

describe('what a text in the palette means', () => {
  it('is all without a text, in the order of the list', () => {
    expect(labels('  ')).toEqual(['Unpin the track', 'Pin the track', 'Zoom in', 'Zoom in fast']);
  });

  it('is what holds all its words, in any order and case, also in where it belongs', () => {
    expect(labels('FAST zoom')).toEqual(['Zoom in fast']);
    expect(labels('timeline pin')).toEqual(['Pin the track']);
    expect(labels('nothing')).toEqual([]);
  });

  it('begins with those where a word begins so', () => {
    expect(labels('pin')).toEqual(['Pin the track', 'Unpin the track']);
  });
});
