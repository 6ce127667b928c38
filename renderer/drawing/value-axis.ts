/** The vertical axis of a graph: which values it spans, linear or by powers of ten, and where its marks lie. */
import { keepRange, niceRange, niceStep, type ValueRange } from './axis-range.ts';
import type { PlotBox } from './counter-marks.ts';
import type { ValuePlace } from './step-raster.ts';

export interface ValueAxis {
  readonly scale: 'linear' | 'log';
  readonly low: number;
  readonly high: number;
  readonly marks: readonly number[];
}

/** What the user chose for it. */
export interface AxisChoice {
  readonly scale: 'linear' | 'log';
  /** `auto`: from zero, unless values vary by less than a tenth of their size. `fit`: from the least to the greatest. */
  readonly range: 'auto' | 'zero' | 'fit' | 'own';
  /** Of `own`. */
  readonly low: number;
  readonly high: number;
}

/** Values of the series that are shown; infinite where there are none. `leastPositive`: what a log axis can begin with. */
export interface ValueExtent {
  readonly min: number;
  readonly max: number;
  readonly leastPositive: number;
}

const MOST_MARKS = 5;
/** A log axis of a counter that once was nearly nothing would be empty but for its lowest end. */
const MOST_DECADES = 12;
/** Below the smallest normal doubles powers of ten have no digits left, and their logarithms no way back. */
const LEAST_POWER = -290;

/** `before`: the axis that was drawn last, where the user has not moved the view since; it is kept as long as it suits. */
export function valueAxis(choice: AxisChoice, extent: ValueExtent, before: ValueAxis | undefined): ValueAxis {
  if (choice.scale === 'log') return logAxis(choice, extent);
  if (choice.range === 'own') return ownAxis(choice.low, choice.high);
  const wanted =
    choice.range === 'fit'
      ? fitRange(extent)
      : choice.range === 'zero'
        ? niceRange(Math.min(0, extent.min), Math.max(0, extent.max))
        : niceRange(extent.min, extent.max);
  const kept = before?.scale === 'linear' && before.marks.length > 1 ? rangeOf(before) : undefined;
  return linearAxis(keepRange(kept, wanted, kept !== undefined));
}

const rangeOf = ({ low, high, marks }: ValueAxis): ValueRange => ({ low, high, step: (marks[1] as number) - (marks[0] as number) });

function linearAxis(range: ValueRange): ValueAxis {
  const marks: number[] = [];
  for (let k = 0; k <= MOST_MARKS; k++) {
    const value = Number((range.low + k * range.step).toPrecision(12));
    if (value > range.high + range.step * 1e-6) break;
    marks.push(value);
  }
  return { scale: 'linear', low: range.low, high: range.high, marks };
}

/** From the least to the greatest, widened to round numbers. */
function fitRange({ min, max }: ValueExtent): ValueRange {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return niceRange(0, 0);
  const size = Math.max(Math.abs(min), Math.abs(max));
  // Closer together than an axis can tell, or too small for powers of ten: as if they were equal.
  const room = max - min > size * 1e-9 && size > 1e-290 ? 0 : size > 1e-290 ? size * 0.05 : 0.5;
  let step = niceStep((max - min + 2 * room) / 3);
  for (;;) {
    const low = Number((Math.floor((min - room) / step + 1e-9) * step).toPrecision(12));
    const high = Number((Math.ceil((max + room) / step - 1e-9) * step).toPrecision(12));
    if (Math.round((high - low) / step) <= 4 || !(step > 0) || !Number.isFinite(step)) return { low, high: high > low ? high : low + 1, step };
    step = niceStep(step * 1.01);
  }
}

function ownAxis(low: number, high: number): ValueAxis {
  if (!(high > low)) return ownAxis(low, low + 1);
  const step = niceStep((high - low) / 3);
  const marks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-6 && marks.length <= MOST_MARKS; k++) marks.push(Number((k * step).toPrecision(12)));
  return { scale: 'linear', low, high, marks };
}

/** Whole powers of ten; of an own range what of it is above zero. */
function logAxis(choice: AxisChoice, extent: ValueExtent): ValueAxis {
  const own = choice.range === 'own' && choice.high > 0;
  const greatest = own ? choice.high : Number.isFinite(extent.max) && extent.max > 0 ? extent.max : 1;
  const least = own && choice.low > 0 ? choice.low : Math.min(Number.isFinite(extent.leastPositive) ? extent.leastPositive : greatest, greatest);
  const last = Math.max(Math.ceil(Math.log10(greatest) - 1e-9), LEAST_POWER + 1);
  const first = Math.max(Math.min(Math.floor(Math.log10(least) + 1e-9), last - 1), last - MOST_DECADES, LEAST_POWER);
  const every = Math.ceil((last - first) / (MOST_MARKS - 1));
  const marks: number[] = [];
  for (let power = first; power <= last; power += every) marks.push(powerOf(power));
  return own
    ? { scale: 'log', low: choice.low > 0 ? choice.low : powerOf(first), high: choice.high, marks }
    : { scale: 'log', low: powerOf(first), high: powerOf(last), marks };
}

const powerOf = (power: number): number => Number(`1e${power}`);

/** From values to pixels. On a log axis what is zero or less lies at the lower edge. */
export function placeOn(axis: ValueAxis, box: PlotBox): (value: number) => number {
  const { low, high } = axis;
  if (axis.scale === 'linear') {
    const scale = box.height / (high - low);
    return (value) => box.top + (high - value) * scale;
  }
  const top = Math.log10(high);
  const scale = box.height / (top - Math.log10(low));
  const bottom = box.top + box.height;
  return (value) => (value > 0 ? box.top + (top - Math.log10(value)) * scale : bottom);
}

/** The same as numbers, for who places very many. */
export function placesOn(axis: ValueAxis, box: PlotBox): ValuePlace {
  if (axis.scale === 'log') return placeOn(axis, box);
  return { top: box.top, high: axis.high, scale: box.height / (axis.high - axis.low) };
}

/** From pixels to values. */
export function valueOn(axis: ValueAxis, box: PlotBox, y: number): number {
  const part = 1 - (y - box.top) / box.height;
  if (axis.scale === 'linear') return axis.low + part * (axis.high - axis.low);
  return 10 ** (Math.log10(axis.low) + part * (Math.log10(axis.high) - Math.log10(axis.low)));
}

/** As few digits as a pixel of the axis can tell: a line that is drawn by hand lies at a number that can be read. */
export function roundedOn(axis: ValueAxis, box: PlotBox, y: number): number {
  const value = valueOn(axis, box, y);
  const pixel = Math.abs(valueOn(axis, box, y - 1) - value);
  if (!(pixel > 0) || !Number.isFinite(value)) return value;
  const step = 10 ** Math.floor(Math.log10(pixel));
  for (const coarse of [5, 2, 1]) {
    const rounded = Number((Math.round(value / (coarse * step)) * coarse * step).toPrecision(12));
    if (Math.abs(rounded - value) <= pixel) return rounded;
  }
  return value;
}
