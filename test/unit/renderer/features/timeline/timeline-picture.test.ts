import { expect, it } from 'vitest';
import { readPalette } from '../../../../../renderer/drawing/palette.ts';
import { NameBook } from '../../../../../renderer/features/timeline/name-book.ts';
import { TimelinePicture } from '../../../../../renderer/features/timeline/timeline-picture.ts';
import type { TraceClient } from '../../../../../renderer/trace/trace-worker-api.ts';

it('measures names that come after a drawing in their own font, not in the one that was used last', () => {
  const widths: string[] = [];
  const ink = {
    font: '',
    measureText(text: string) {
      widths.push(`${ink.font}: ${text}`);
      return { width: text.length };
    },
  };
  const names = new NameBook('t', {} as TraceClient, () => {});
  new TimelinePicture(ink as unknown as CanvasRenderingContext2D, names, readPalette({ getPropertyValue: () => '' }));
  const [first] = widths;
  ink.font = '450 10px of-the-ruler';
  names.labels?.set(1, 'load');
  expect(widths.at(-1)).toBe(first?.replace('…', 'load'));
  expect(widths.at(-1)).not.toContain('of-the-ruler');
});
