/** Where bytes of a trace come from: a file on disk, a recording that still grows, a File dropped into a browser, memory. */
export interface ByteSource {
  /** Bytes so far; undefined when it is not known (a pipe). */
  size(): Promise<number | undefined>;
  /** At most `length` bytes at `offset`; fewer at the end. Random access, for reading a block again. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * All bytes from `offset` in order; waits at the end of a live source, and ends when it is complete. `isBrief`: each piece may be good only until the next one is asked
   * for, so that a source can use its memory again.
   */
  follow(offset: number, isBrief?: boolean): AsyncIterable<Uint8Array>;
}
