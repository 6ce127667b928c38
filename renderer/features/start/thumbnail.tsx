/** What a recording looks like: its outermost calls and one counter, small. Decoration beside the words. */
import type { RecordingGlance } from '../../../core/protocol/studio-api.ts';

/** As tall in its own units as it is wide in parts of time. */
const HEIGHT = 28;
const COUNTER_HEIGHT = 11;
const MOST_ROW_HEIGHT = 7;

interface Run {
  readonly from: number;
  readonly length: number;
  readonly colour: number;
}

/** Neighbours of one colour as one: "11102" is three parts of colour 1 and one of colour 2. */
export function runsOf(row: string): readonly Run[] {
  return Array.from(row.matchAll(/([1-9])\1*/g), (match) => ({ from: match.index, length: match[0].length, colour: Number(match[1]) }));
}

/** Steps, since a value holds until the next; closed at the bottom. */
export function areaOf(digits: string, top: number, height: number): string {
  const first = digits.search(/\d/);
  if (first < 0) return '';
  const base = top + height;
  const yOf = (digit: string) => (base - (Number(digit) / 9) * height).toFixed(1);
  const steps = Array.from(digits.slice(first), (digit, k) => `V${yOf(digit)}H${first + k + 1}`).join('');
  return `M${first} ${base}${steps}V${base}Z`;
}

export const hasPicture = ({ rows, counter }: RecordingGlance): boolean => counter !== '' || rows.some((row) => /[1-9]/.test(row));

export function Thumbnail({ glance: { rows, counter } }: { readonly glance: RecordingGlance }) {
  const width = Math.max(1, counter.length, ...rows.map((row) => row.length));
  const room = counter === '' ? HEIGHT : rows.length === 0 ? 0 : HEIGHT - COUNTER_HEIGHT - 1;
  const high = Math.min(MOST_ROW_HEIGHT, room / Math.max(1, rows.length));
  const top = counter === '' ? (room - high * rows.length) / 2 : 0;
  const counterTop = rows.length === 0 ? 2 : HEIGHT - COUNTER_HEIGHT;
  return (
    <svg className="start-thumbnail" viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {rows.flatMap((row, r) =>
        runsOf(row).map(({ from, length, colour }) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their order.
          <rect key={`${r} ${from}`} x={from} y={top + r * high} width={length} height={high * 0.84} fill={`var(--data-${colour})`} />
        )),
      )}
      {counter !== '' && <path d={areaOf(counter, counterTop, HEIGHT - counterTop)} fill="var(--data-1)" />}
    </svg>
  );
}
