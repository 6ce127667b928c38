/** Pieces of what is `bytes` long, from `offset` on: the next one is read while the one before is looked at. Ends early where it became shorter. */
export async function* readAhead(read: (offset: number) => Promise<Uint8Array>, offset: number, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  const ahead = (at: number): Promise<Uint8Array> => {
    const piece = at < bytes ? read(at) : Promise.resolve(new Uint8Array(0));
    // Who wants no more of it is not told of what it fails for.
    piece.catch(() => {});
    return piece;
  };
  let next = ahead(offset);
  for (let at = offset; at < bytes; ) {
    const piece = await next;
    if (piece.length === 0) return;
    at += piece.length;
    next = ahead(at);
    yield piece;
  }
}
