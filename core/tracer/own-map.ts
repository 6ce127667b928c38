/** A Map whose methods are its own: a script may replace those of `Map.prototype`, and must neither blind the tracer nor be broken by it. */
export class OwnMap<Key, Value> extends Map<Key, Value> {}
for (const name of ['get', 'set', 'has', 'delete', 'clear', 'size', 'keys']) {
  Object.defineProperty(OwnMap.prototype, name, Object.getOwnPropertyDescriptor(Map.prototype, name) as PropertyDescriptor);
}
