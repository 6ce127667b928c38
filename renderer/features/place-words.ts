/** What the figures of a panel are about, in words. For all panels of figures. */
import { formatRange } from '../drawing/format.ts';
import type { Place } from '../state/use-place.ts';
import { plural } from '../state/words.ts';

export function placeText({ kind, range, tracks }: Pick<Place, 'kind' | 'range' | 'tracks'>): string {
  const where = tracks === undefined ? '' : `, ${plural(tracks.length, 'track')}`;
  return `${kind === 'selected' ? 'Selected range' : 'In view'}: ${formatRange(range.fromNs, range.toNs)}${where}`;
}
