/** Attributes of an event whose type does not list them. */
export interface AnyAttributes {
  // biome-ignore lint/suspicious/noExplicitAny: `counter.a += 1`, `object.items.push(1)` and methods of subclasses are to compile; `unknown` rules them out.
  [attribute: string]: any;
}
