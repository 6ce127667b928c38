/**
 * Times of other tools are decimal text in microseconds. They go from digits to whole nanoseconds without passing through a
 * double: an epoch time in microseconds is so large that a double holds it only in steps of 250 ns.
 */

/** The result of `readMicroseconds`, made once and filled again: no allocation per event. */
export interface DecimalTime {
  /** Nanoseconds without sign, as two words of 32 bits. */
  high: number;
  low: number;
  /** The same as a double: exact below 2^53 ns (104 days), enough for any duration. */
  nanoseconds: number;
  negative: boolean;
}

export const makeDecimalTime = (): DecimalTime => ({ high: 0, low: 0, nanoseconds: 0, negative: false });

const WORD = 2 ** 32;
/** Longer numbers are not times. JSON.stringify writes at most 25 characters. */
const MAX_DIGITS = 400;

/**
 * Reads the decimal number in `bytes[start..end)`, in microseconds. Digits beyond the nanosecond are rounded (half away from
 * zero). False when it is not a number, or does not fit into 64 bits.
 */
export function readMicroseconds(bytes: Uint8Array, start: number, end: number, out: DecimalTime): boolean {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  const firstDigit = at;
  let micros = 0;
  let digit = 0;
  while (at < end) {
    digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) break;
    micros = micros * 10 + digit;
    at++;
  }
  const whole = at - firstDigit;
  let nanos = 0;
  let fraction = 0;
  let roundUp = false;
  if (at < end && bytes[at] === 0x2e) {
    at++;
    const firstFraction = at;
    while (at < end) {
      digit = (bytes[at] as number) - 48;
      if (digit < 0 || digit > 9) break;
      const place = at - firstFraction;
      if (place < 3) nanos = nanos * 10 + digit;
      else if (place === 3) roundUp = digit >= 5;
      at++;
    }
    fraction = at - firstFraction;
    for (let place = fraction; place < 3; place++) nanos *= 10;
  }
  if (whole === 0 && fraction === 0) return false;
  if (at < end || whole > 15) return readSlowly(bytes, start, end, out);
  if (roundUp && ++nanos === 1000) {
    nanos = 0;
    micros++;
  }
  // micros * 1000 + nanos, in two words: each product stays below 2^53.
  const microsHigh = Math.floor(micros / WORD);
  const low = (micros - microsHigh * WORD) * 1000 + nanos;
  const carry = Math.floor(low / WORD);
  out.high = microsHigh * 1000 + carry;
  out.low = low - carry * WORD;
  out.nanoseconds = micros * 1000 + nanos;
  out.negative = negative;
  return true;
}

/** Exponents and more than 15 digits: rare, so by BigInt. */
function readSlowly(bytes: Uint8Array, start: number, end: number, out: DecimalTime): boolean {
  if (end - start > MAX_DIGITS) return false;
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  const match = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?$/.exec(text);
  if (match === null) return false;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole.length + fraction.length === 0) return false;
  const digits = BigInt(whole + fraction);
  // In nanoseconds: three places more than the microseconds of the text.
  const shift = Number(exponent) - fraction.length + 3;
  let nanoseconds: bigint;
  if (shift >= 0) {
    if (shift > 40 && digits !== 0n) return false;
    nanoseconds = digits === 0n ? 0n : digits * 10n ** BigInt(shift);
  } else {
    const divisor = 10n ** BigInt(-shift);
    nanoseconds = (digits * 2n + divisor) / (divisor * 2n);
  }
  if (nanoseconds >= 1n << 63n) return false;
  out.high = Number(nanoseconds >> 32n);
  out.low = Number(nanoseconds & 0xffffffffn);
  out.nanoseconds = Number(nanoseconds);
  out.negative = sign === '-';
  return true;
}

/** When a recording began, in ns since 1970; 0n (not known) for what no clock shows: files say anything. */
export const knownEpoch = (epochNs: bigint): bigint => (epochNs > 0n && epochNs < 2n ** 63n ? epochNs : 0n);
