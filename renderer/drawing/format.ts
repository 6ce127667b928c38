/** Numbers and times as the window shows them: a unit each, a fixed count of digits, so that a live value never jumps. */

const grouped = [0, 1, 2, 3, 4].map((digits) => new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }));

/** How many decimals a series needs so that values up to `greatest` keep three to four telling digits. */
export function decimalsFor(greatest: number, wholeNumbers: boolean): number {
  if (wholeNumbers) return 0;
  const size = Math.abs(greatest);
  if (size >= 1000) return 0;
  if (size >= 10) return 1;
  if (size >= 1) return 2;
  if (size >= 0.1) return 3;
  return 4;
}

const STEPS: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
];

/** "136.2", "12,840", "1.285 M". Not finite: "NaN", "∞". Absent: "–". */
export function formatValue(value: number | null | undefined, decimals?: number): string {
  if (value === null || value === undefined) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size >= 1e15) return signed(value.toExponential(2));
  for (const [step, letter] of STEPS) if (size >= step) return signed(`${fixed(value / step, size / step >= 100 ? 1 : size / step >= 10 ? 2 : 3)} ${letter}`);
  const digits = decimals ?? decimalsFor(size, Number.isInteger(value));
  // Smaller than half of the last digit: the digits would say 0 for something that is not.
  if (size > 0 && size < 0.5 * 10 ** -digits && decimals === undefined) return signed(value.toExponential(1));
  return signed(fixed(value, digits));
}

/** Axis marks: as short as they can be. "160", "0.5", "1.2 k", "15 M". */
export function formatAxisValue(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15) return signed(value.toExponential(0));
  for (const [step, letter] of [...STEPS, [1e4, ''] as const, [1e3, ''] as const]) {
    if (size < step) continue;
    if (letter === '') break;
    return signed(`${trim(value / step)} ${letter}`);
  }
  if (size >= 10_000) return signed(`${trim(value / 1000)} k`);
  if (size > 0 && size < 0.001) return signed(value.toExponential(0));
  return signed(trim(value));
}

const fixed = (value: number, digits: number): string => (grouped[Math.min(digits, 4)] as Intl.NumberFormat).format(value);
const trim = (value: number): string => String(Number(value.toPrecision(4)));
// A real minus sign is as wide as a figure, a hyphen is not; and "-0" is 0.
const signed = (text: string): string => text.replace(/^-(0(?:\.0*)?)$/, '$1').replace(/^-/, '−');

/** Whole counts: "12,840". */
export const formatCount = (count: number): string => fixed(count, 0);

/** "412 ns", "18.4 µs", "194 ms", "6.41 s", "2 min 05 s". */
export function formatDuration(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1000) return `${Math.round(ns)} ns`;
  if (size < 999_500) return `${three(ns / 1e3)} µs`;
  if (size < 999_500_000) return `${three(ns / 1e6)} ms`;
  if (size < 60e9) return `${three(ns / 1e9)} s`;
  const seconds = Math.round(size / 1e9);
  if (seconds < 3600) return `${ns < 0 ? '−' : ''}${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${ns < 0 ? '−' : ''}${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}

function three(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}
const two = (value: number): string => String(value).padStart(2, '0');

/** A moment, to the microsecond, in groups of three: "13.934 600 s". From a minute on "2:05.934 600". */
export function formatMoment(ns: number): string {
  if (ns <= -1000) return `−${formatMoment(-ns)}`;
  const micros = Math.max(0, Math.floor(ns / 1000));
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  const tail = `${fraction.slice(0, 3)} ${fraction.slice(3)}`;
  const seconds = Math.floor(micros / 1_000_000);
  if (seconds < 60) return `${seconds}.${tail} s`;
  return `${clock(seconds)}.${tail}`;
}

/** A moment to the millisecond, for lists: "13.934", "2:05.934". */
export function formatMomentShort(ns: number): string {
  if (ns <= -1e6) return `−${formatMomentShort(-ns)}`;
  const millis = Math.max(0, Math.floor(ns / 1e6));
  const seconds = Math.floor(millis / 1000);
  const tail = String(millis % 1000).padStart(3, '0');
  return `${seconds < 60 ? seconds : clock(seconds)}.${tail}`;
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** A mark on the time axis; `stepNs` between marks decides the digits. "13.75 s", "2:05". */
export function formatAxisTime(ns: number, stepNs: number): string {
  const digits = Math.max(0, Math.min(9, Math.ceil(9 - Math.log10(Math.max(1, stepNs)) - 1e-9)));
  const seconds = ns / 1e9;
  if (Math.abs(seconds) < 60) return `${signed(seconds.toFixed(digits))} s`;
  const whole = Math.floor(Math.abs(seconds) + 1e-9);
  const rest = Math.max(0, Math.abs(seconds) - whole);
  const tail = digits > 0 ? rest.toFixed(digits).slice(1) : '';
  return `${ns < 0 ? '−' : ''}${clock(whole)}${tail}`;
}

const BELOW_A_SECOND: readonly (readonly [number, string])[] = [
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

/** The same in the unit that suits an axis on which no time is greater than `greatestNs`: "0 ms", "5 ms", "−250 µs". */
export function formatShortAxisTime(ns: number, stepNs: number, greatestNs: number): string {
  if (greatestNs >= 1e9) return formatAxisTime(ns, stepNs);
  const [unitNs, unit] = BELOW_A_SECOND.find(([size]) => greatestNs >= size) ?? [1, 'ns'];
  const digits = Math.max(0, Math.min(6, Math.ceil(Math.log10(unitNs / Math.max(1e-3, stepNs)) - 1e-9)));
  return `${signed((ns / unitNs).toFixed(digits))} ${unit}`;
}

/** "0.35 to 0.85 s (500 ms)"; of a range that is too short for that "0.35 s + 12 µs"; at the beginning "0 to 4.49 ms", "1.20 ms + 300 µs". */
export function formatRange(fromNs: number, toNs: number): string {
  const length = formatDuration(toNs - fromNs);
  // Of a short recording, milliseconds of seconds would be zeros.
  if (fromNs >= 0 && toNs < 1e8 && toNs > fromNs) return fromNs === 0 ? `0 to ${length}` : `${formatDuration(fromNs)} + ${length}`;
  return toNs - fromNs < 2e6 ? `${inSeconds(fromNs)} s + ${length}` : `${inSeconds(fromNs)} to ${inSeconds(toNs)} s (${length})`;
}
const inSeconds = (ns: number): string => String(Number((ns / 1e9).toFixed(3)));

/** For a tooltip or an accessible name: a name of 10 kB does not become a title of 10 kB. */
export function clipText(text: string, most = 300): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… (${formatCount(text.length)} characters)`;
}
