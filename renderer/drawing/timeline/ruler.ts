/** The ruler over the tracks, and the grid behind them. */
import { timeMarks, timeStep } from '../axis-range.ts';
import { formatAxisTime } from '../format.ts';
import type { Palette } from '../palette.ts';

export type RulerInk = Pick<CanvasRenderingContext2D, 'fillStyle' | 'font' | 'textAlign' | 'textBaseline' | 'fillRect' | 'fillText'>;

/** What the ruler counts from. */
export type TimeBase =
  | { readonly kind: 'elapsed' }
  /** A mark is 0; what is before it is negative. */
  | { readonly kind: 'mark'; readonly atNs: number }
  /** The clock of the machine, in its zone. `offsetMinutes`: of the zone, east is positive. */
  | { readonly kind: 'clock'; readonly startEpochMs: number; readonly offsetMinutes: number };

export interface RulerMark {
  readonly x: number;
  readonly isMajor: boolean;
  /** Empty: no room. */
  readonly text: string;
}

const LEAST_LABEL_PX = 70;
const MOST_MARKS = 400;

/** Marks of a range, and which of them have words. A major mark stands at each fifth or tenth minor one, on round times. */
export function rulerMarks(fromNs: number, toNs: number, left: number, width: number, base: TimeBase): RulerMark[] {
  const span = toNs - fromNs;
  if (!(span > 0) || !(width > 0)) return [];
  const zero = zeroOf(base);
  const unit = unitOf(base, Math.max(Math.abs(fromNs - zero), Math.abs(toNs - zero)));
  // Close up and late in a recording a label has many digits.
  const digits = axisText(Math.max(Math.abs(fromNs - zero), Math.abs(toNs - zero)), timeStep(span, width / LEAST_LABEL_PX), base, unit, true).length;
  const labelStep = timeStep(span, Math.max(1, width / Math.max(LEAST_LABEL_PX, digits * 6.5 + 14)));
  const majorStep = nextRound(labelStep);
  const minorStep = labelStep / 5;
  const scale = width / span;
  const marks: RulerMark[] = [];
  for (const at of timeMarks(fromNs - zero, toNs - zero, minorStep)) {
    if (marks.length > MOST_MARKS) break;
    const isLabel = isMultiple(at, labelStep);
    const isMajor = isLabel && isMultiple(at, majorStep);
    marks.push({ x: left + (at + zero - fromNs) * scale, isMajor, text: isLabel ? axisText(at, isMajor ? majorStep : labelStep, base, unit, isMajor) : '' });
  }
  return marks;
}

const zeroOf = (base: TimeBase): number => {
  if (base.kind === 'mark') return base.atNs;
  if (base.kind === 'elapsed') return 0;
  // Round times of the clock, not of the recording: the recording began some ms after a whole minute of the zone.
  const localMs = base.startEpochMs + base.offsetMinutes * 60_000;
  return -(localMs % 60_000) * 1e6;
};

const isMultiple = (at: number, step: number): boolean => {
  const part = at / step;
  return Math.abs(part - Math.round(part)) < 1e-6;
};

const SECOND = 1e9;
/** The step of bold marks: the next round one that holds the step of labels. */
function nextRound(step: number): number {
  if (step < SECOND) {
    const power = 10 ** Math.floor(Math.log10(step) + 1e-9);
    return power * 10;
  }
  for (const seconds of [10, 60, 600, 3600, 21_600, 86_400]) if (seconds * SECOND > step && isMultiple(seconds * SECOND, step)) return seconds * SECOND;
  return step * 10;
}

interface Unit {
  readonly ns: number;
  readonly text: string;
}
const UNITS: readonly Unit[] = [
  { ns: 1e3, text: 'µs' },
  { ns: 1e6, text: 'ms' },
  { ns: 1e9, text: 's' },
];

/** The unit in which the latest time in sight has no more than three digits in front of the point; minutes are written as such. */
function unitOf(base: TimeBase, latestNs: number): Unit {
  if (base.kind === 'clock') return UNITS[2] as Unit;
  return UNITS.find((unit) => latestNs < unit.ns * 1000) ?? (UNITS[2] as Unit);
}

function axisText(at: number, stepNs: number, base: TimeBase, unit: Unit, isMajor: boolean): string {
  if (base.kind === 'clock') {
    const minuteMs = Math.floor((base.startEpochMs + base.offsetMinutes * 60_000) / 60_000) * 60_000;
    return clockText(minuteMs + at / 1e6, stepNs);
  }
  const sign = base.kind === 'mark' && at > 0 ? '+' : '';
  if (unit.ns === 1e9) {
    const text = grouped(formatAxisTime(at, stepNs));
    // The unit stands at the bold ones alone.
    return sign + (isMajor ? text : text.replace(/ s$/, ''));
  }
  const digits = Math.max(0, Math.ceil(Math.log10(unit.ns / stepNs) - 1e-9));
  const value = (Math.abs(at) / unit.ns).toFixed(Math.min(6, digits));
  return `${sign}${at < 0 ? '−' : ''}${grouped(value)}${isMajor ? ` ${unit.text}` : ''}`;
}

/** "13.934 600": digits behind the point in groups of three, where there are more. */
const grouped = (text: string): string =>
  text.replace(/(\.\d{3})(\d{1,3})(\d{0,3})/, (_, head: string, second: string, third: string) => `${head} ${second}${third === '' ? '' : ` ${third}`}`);

/** "14:03:22.150", with as many digits as the step needs; whole minutes without seconds. `localMs`: epoch shifted by the zone. */
export function clockText(localMs: number, stepNs: number): string {
  const totalNs = Math.round((localMs % 86_400_000) * 1e6);
  const seconds = Math.floor(totalNs / 1e9 + 1e-9);
  const two = (value: number) => String(value).padStart(2, '0');
  const head = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}`;
  if (stepNs >= 60e9) return head;
  const digits = Math.max(0, Math.min(9, Math.ceil(9 - Math.log10(Math.max(1, stepNs)) - 1e-9)));
  const rest = Math.max(0, totalNs - seconds * 1e9) / 1e9;
  const tail = digits > 0 ? rest.toFixed(digits).slice(1) : '';
  return `${head}:${two(seconds % 60)}${tail}`;
}

export interface RulerLook {
  readonly palette: Palette;
  readonly majorFont: string;
  readonly minorFont: string;
  readonly height: number;
}

export function drawRuler(ink: RulerInk, marks: readonly RulerMark[], left: number, right: number, look: RulerLook): void {
  const { palette, height } = look;
  ink.fillStyle = palette.panel;
  ink.fillRect(left, 0, right - left, height);
  for (const pass of [true, false]) {
    ink.fillStyle = pass ? palette.line3 : palette.line1;
    for (const mark of marks) {
      if ((mark.text !== '') !== pass || mark.x < left || mark.x > right) continue;
      const high = pass ? 8 : 4;
      ink.fillRect(Math.round(mark.x), height - high, 1, high);
    }
  }
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  for (const isMajor of [false, true]) {
    ink.font = isMajor ? look.majorFont : look.minorFont;
    ink.fillStyle = isMajor ? palette.text2 : palette.text3;
    for (const mark of marks) {
      if (mark.isMajor !== isMajor || mark.text === '' || mark.x < left - 1 || mark.x > right - 50) continue;
      ink.fillText(mark.text, Math.round(mark.x) + 4, 10);
    }
  }
  ink.fillStyle = palette.line1;
  ink.fillRect(left, height - 1, right - left, 1);
}

/** Lines behind the tracks, at the marks that have words. */
export function drawGrid(ink: RulerInk, marks: readonly RulerMark[], left: number, right: number, top: number, bottom: number, palette: Palette): void {
  ink.fillStyle = palette.grid;
  for (const mark of marks) {
    if (mark.text === '' || mark.x < left || mark.x > right) continue;
    ink.fillRect(Math.round(mark.x), top, 1, bottom - top);
  }
}
