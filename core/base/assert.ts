/** Throws when a belief of the programmer is wrong. `belief` says what was believed. */
export function assert(condition: unknown, belief: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${belief}`);
}
