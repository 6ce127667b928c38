/** Values of capture options as text: what is typed on the command line or into the form, and a run's options as flags. */
import { ok, problem, type Result } from '../base/result.ts';
import { CAPTURE_OPTIONS, type CaptureOption, type CaptureOptions, captureProblem } from './capture-options.ts';

/** By the option's own unit: what may be written behind a number, and how many of the option's own units one of it is. */
const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // The micro sign and the Greek letter look alike.
  µs: { ns: 0.001, us: 1, '\u00b5s': 1, '\u03bcs': 1, ms: 1000, s: 1_000_000 },
  s: { ms: 0.001, s: 1, m: 60, min: 60, h: 3600 },
  MB: { kB: 0.001, KB: 0.001, MB: 1, GB: 1000 },
};

type Value = CaptureOptions[keyof CaptureOptions];

/**
 * The value that `text` means for `option`; a number may have a unit behind it (`0.2ms`). Booleans: `true` or `false`.
 * `subject`: what the option is called where the text was typed.
 */
export function readCaptureValue(option: CaptureOption, text: string, subject: string = option.label): Result<Value> {
  const wrong = (): Result<never> => problem('bad-capture-value', `${subject} cannot be ${JSON.stringify(text)}.`, captureProblem(option, undefined));
  const checked = (value: unknown): Result<Value> => (captureProblem(option, value) === undefined ? ok(value as Value) : wrong());
  const trimmed = text.trim();
  switch (option.type) {
    case 'boolean':
      return trimmed === 'true' || trimmed === 'false' ? ok(trimmed === 'true') : wrong();
    case 'choice':
      return checked(trimmed);
    case 'number': {
      const found = /^(\d+(?:\.\d*)?|\.\d+)\s*(\S*)$/.exec(trimmed);
      if (!found) return wrong();
      const [, digits = '', unit = ''] = found;
      const factor = unit === '' || unit === option.unit ? 1 : unitFactor(option.unit, unit);
      // Not `digits * factor` alone: 0.3 ms are 300 µs, and not 299.99999999999994.
      if (factor !== undefined) return checked(Number((Number(digits) * factor).toPrecision(12)));
      return problem('bad-capture-unit', `${subject} has no unit ${unit}.`, unitsOf(option.unit));
    }
    case 'list':
      return checked(splitList(trimmed));
  }
}

function unitFactor(ofOption: string, unit: string): number | undefined {
  const units = UNITS[ofOption];
  return units && Object.hasOwn(units, unit) ? units[unit] : undefined;
}

function unitsOf(unit: string): string {
  const known = Object.keys(UNITS[unit] ?? {}).filter((name) => name !== '\u03bcs');
  return known.length > 0 ? `Write it with one of ${known.join(', ')}, or without: then it is in ${unit}.` : `It is a number of ${unit}.`;
}

/** Parts between commas; those inside of braces belong to a glob. Empty ones are left out. */
export function splitList(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const letter of text) {
    if (letter === '{') depth++;
    if (letter === '}') depth = Math.max(0, depth - 1);
    if (letter === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += letter;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}

/** A value as it stands in a field of the form. */
export const captureValueText = (value: Value): string => (Array.isArray(value) ? value.join(', ') : String(value));

/** The words of `trace-studio run` that say the same, in the order of the table. */
export function captureFlags(capture: Partial<CaptureOptions>): string[] {
  return CAPTURE_OPTIONS.flatMap((option) => {
    const value = capture[option.key];
    if (value === undefined) return [];
    switch (option.type) {
      case 'boolean':
        return [value === true ? `--${option.flag}` : `--no-${option.flag}`];
      case 'list':
        return (value as readonly string[]).length === 0 ? [`--no-${option.flag}`] : (value as readonly string[]).flatMap((part) => [`--${option.flag}`, part]);
      default:
        return [`--${option.flag}`, String(value)];
    }
  });
}

/** An option that was given a value and means nothing beside the others, because it belongs to another choice. */
export function idleCaptureOptions(given: Partial<CaptureOptions>, all: CaptureOptions): readonly CaptureOption[] {
  return CAPTURE_OPTIONS.filter((option) => option.onlyWith && given[option.key] !== undefined && all[option.onlyWith.key] !== option.onlyWith.value);
}
