/** Undoes gzip with what the browser brings. Rejects at damage or a missing end, after everything before it was given. */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  let failure: unknown;
  const feeding = (async () => {
    try {
      for await (const chunk of bytes) {
        // A stream of the page copies nothing: what it gets must stay as it is, and a shared buffer is refused.
        await writer.write(chunk.slice());
      }
      await writer.close();
    } catch (error) {
      // The reading side sees damage by itself; a source that fails must be told to it.
      failure ??= error;
      writer.abort(error).catch(() => {});
    }
  })();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
  } catch (error) {
    throw failure ?? error;
  } finally {
    reader.cancel().catch(() => {});
    await feeding;
  }
}

/** Undoes zlib's format. Rejects at damage, and where more than `limit` bytes come out. */
export async function inflate(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const reader = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new Error(`more than ${limit} bytes come out`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
