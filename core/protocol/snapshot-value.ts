/**
 * How a value of the target is written into a snapshot: JSON, and for what JSON cannot hold an object with one key `$ts`
 * (a "marker"). A user's own object that has a key `$ts` is wrapped as `{ "$ts": "object", "value": {…} }`.
 * The copy is made at log time and bounded; where it was cut, a marker stands.
 */
import { secrecyOf } from './secret-keys.ts';

export type SnapshotMarker =
  | { readonly $ts: 'undefined' }
  | { readonly $ts: 'number'; readonly text: 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { readonly $ts: 'bigint'; readonly text: string }
  | { readonly $ts: 'symbol'; readonly text: string }
  | { readonly $ts: 'function'; readonly name: string }
  | { readonly $ts: 'date'; readonly text: string }
  | { readonly $ts: 'regexp'; readonly text: string }
  /** `value`: its `code`, `cause` and `errors`, and own fields that it has been given. */
  | { readonly $ts: 'error'; readonly name: string; readonly message: string; readonly value?: Readonly<Record<string, unknown>>; readonly cut?: number }
  /** `class`: of what is no plain `Map`, for example `Headers`. */
  | {
      readonly $ts: 'map';
      readonly class?: string;
      readonly size: number;
      readonly entries: readonly (readonly [unknown, unknown])[];
      readonly cut?: number;
    }
  | { readonly $ts: 'set'; readonly size: number; readonly values: readonly unknown[]; readonly cut?: number }
  /** Typed arrays, ArrayBuffer, Buffer. */
  | { readonly $ts: 'bytes'; readonly type: string; readonly length: number; readonly values: readonly (number | string)[]; readonly cut?: number }
  /** An instance of a class: its own fields, or what its `toJSON` gives. */
  | { readonly $ts: 'instance'; readonly class: string; readonly value: Readonly<Record<string, unknown>>; readonly cut?: number }
  /** An instance of a class that says what it is in one text (`toJSON`, else `toString` where it shows no fields): a URL, a decimal. */
  | { readonly $ts: 'text'; readonly class: string; readonly text: string }
  /** A user's own object that has a key `$ts`, or an object or array that was cut: `cut` entries are missing. */
  | { readonly $ts: 'object'; readonly value: Readonly<Record<string, unknown>>; readonly cut?: number }
  | { readonly $ts: 'array'; readonly value: readonly unknown[]; readonly length: number; readonly cut?: number }
  | { readonly $ts: 'string'; readonly text: string; readonly length: number }
  /** Refers to an enclosing value: how many levels up. */
  | { readonly $ts: 'cycle'; readonly up: number }
  /** Deeper than the limit: what it is, not what it holds. */
  | { readonly $ts: 'deep'; readonly type: string; readonly size: number }
  /** The getter threw, or a Proxy refused. */
  | { readonly $ts: 'threw'; readonly message: string }
  | { readonly $ts: 'promise' | 'weak' | 'proxy' }
  /** A key that looks secret: the value was not recorded. */
  | { readonly $ts: 'masked' }
  /** The byte limit of the snapshot was reached before this value. */
  | { readonly $ts: 'budget' };

/** Bounds of one snapshot. A plug can be set per object: `maxDepth` and so on in its options. */
export interface SnapshotLimits {
  readonly maxDepth: number;
  readonly maxEntries: number;
  readonly maxStringLength: number;
  readonly maxBytes: number;
}
export const DEFAULT_SNAPSHOT_LIMITS: SnapshotLimits = { maxDepth: 6, maxEntries: 200, maxStringLength: 2000, maxBytes: 256 * 1024 };

/** Some values under this key are masked by default; which ones, `secrecyOf` says. */
export const looksSecret = (key: string): boolean => secrecyOf(key) !== undefined;
