/** Small checks of values that came from a window. Each returns the value with its type or throws a ProblemError in words. */
import { ProblemError } from '../../core/base/result.ts';

/** `where` names the value in the sentence: `target.path`. */
export type Check<T> = (value: unknown, where: string) => T;

export function refuse(where: string, why: string): never {
  throw new ProblemError({ code: 'bad-argument', message: `The window asked for something that cannot be done: ${where || 'the argument'} ${why}.` });
}

export const nothing: Check<null> = (value, where) => (value === null || value === undefined ? null : refuse(where, 'must be empty'));

export const flag: Check<boolean> = (value, where) => (typeof value === 'boolean' ? value : refuse(where, 'must be true or false'));

/** Text of at most `max` UTF-16 units. A NUL would end the text early in a system call, so it is never let through. */
export const text =
  (max: number): Check<string> =>
  (value, where) => {
    if (typeof value !== 'string') return refuse(where, 'must be text');
    if (value.length > max) return refuse(where, `is longer than ${max} characters`);
    if (value.includes('\0')) return refuse(where, 'contains a NUL character');
    return value;
  };

export const filled =
  (max: number): Check<string> =>
  (value, where) => {
    const checked = text(max)(value, where);
    return checked === '' ? refuse(where, 'must not be empty') : checked;
  };

/** An id that one of us made: letters, digits, dashes. */
export const id: Check<string> = (value, where) =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? value : refuse(where, 'must be an id of letters, digits and dashes');

export const sha256: Check<string> = (value, where) =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : refuse(where, 'must be a SHA-256 in hexadecimal');

export const whole =
  (min: number, max: number): Check<number> =>
  (value, where) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse(where, `must be a whole number from ${min} to ${max}`);

export const oneOf =
  <T extends string>(...words: readonly T[]): Check<T> =>
  (value, where) =>
    words.includes(value as T) ? (value as T) : refuse(where, `must be one of ${words.join(', ')}`);

export const list =
  <T>(item: Check<T>, max: number): Check<readonly T[]> =>
  (value, where) => {
    if (!Array.isArray(value)) return refuse(where, 'must be a list');
    if (value.length > max) return refuse(where, `has more than ${max} entries`);
    return value.map((entry, index) => item(entry, `${where}[${index}]`));
  };

/**
 * An object of exactly these fields: others are dropped, those named in `optional` may be missing.
 * The result is built anew, so that nothing that was not looked at comes through.
 */
export const shape =
  <T extends object>(fields: { readonly [K in keyof T]-?: Check<Exclude<T[K], undefined>> }, optional: readonly (keyof T)[] = []): Check<T> =>
  (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(where, 'must be an object');
    const given = value as Record<string, unknown>;
    const result: Partial<Record<keyof T, unknown>> = {};
    for (const key of Object.keys(fields) as (keyof T & string)[]) {
      const field = Object.hasOwn(given, key) ? given[key] : undefined;
      if (field === undefined && optional.includes(key)) continue;
      result[key] = fields[key](field, where === '' ? key : `${where}.${key}`);
    }
    return result as T;
  };
