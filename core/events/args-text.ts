import type { Recorder } from './recorder.ts';
import { recordClass, SnapshotText } from './snapshot-text.ts';

/** `args` of an event as JSON of an object, bounded like a snapshot; what has no fields stands under `value`. Empty for none. */
export function argsText(recorder: Recorder, args: unknown): string {
  if (args === undefined || args === null) return '';
  const text = new SnapshotText(recorder.limits, recorder.maskSecrets);
  const fields = [...attributesOf(args, text)].map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  return `{${fields.join()}}`;
}

/** JSON by attribute: of an object and an instance of a class its own fields, of anything else the one attribute `value`. */
export function attributesOf(value: unknown, text: SnapshotText): ReadonlyMap<string, string> {
  if (recordClass(value) === undefined) return new Map([['value', text.attribute('value', value)]]);
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
