import type { Recorder } from './recorder.ts';
import { SnapshotText } from './snapshot-text.ts';

/** `args` of an event as JSON of an object, bounded like a snapshot; a value that is no plain object stands under `value`. Empty for none. */
export function argsText(recorder: Recorder, args: unknown): string {
  if (args === undefined || args === null) return '';
  const prototype: unknown = typeof args === 'object' ? Object.getPrototypeOf(args) : undefined;
  const plain = prototype === Object.prototype || prototype === null;
  const text = new SnapshotText(recorder.limits, recorder.maskSecrets);
  const entries = plain ? Object.keys(args) : ['value'];
  const fields = entries.map((key) => `${JSON.stringify(key)}:${text.attribute(key, () => (plain ? (args as Record<string, unknown>)[key] : args))}`);
  return `{${fields.join()}}`;
}
