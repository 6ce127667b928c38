import type { Recorder } from './recorder.ts';
import { SnapshotText } from './snapshot-text.ts';

/** `args` of an event as JSON of an object, bounded like a snapshot; what is no plain object stands under `value`. Empty for none. */
export function argsText(recorder: Recorder, args: unknown): string {
  if (args === undefined || args === null) return '';
  const text = new SnapshotText(recorder.limits, recorder.maskSecrets);
  const fields = [...attributesOf(args, text)].map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  return `{${fields.join()}}`;
}

/** JSON by attribute: of a plain object its own, of anything else the one attribute `value`. */
export function attributesOf(value: unknown, text: SnapshotText): ReadonlyMap<string, string> {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) return new Map([['value', text.attribute('value', value)]]);
  const record = value as Record<string, unknown>;
  const content = new Map<string, string>();
  for (const key of Object.keys(record)) {
    try {
      content.set(key, text.attribute(key, record[key]));
    } catch {
      // A getter that throws is left out, as in an object's own snapshot.
    }
  }
  return content;
}
