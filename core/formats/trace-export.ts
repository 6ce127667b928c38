/** A recording on its way into another format: iterate it once for the bytes. */
export interface TraceExport extends AsyncIterable<Uint8Array> {
  /** Written so far. */
  readonly events: number;
  /** What the format could not hold, in words; complete once the last byte was given. */
  readonly notes: readonly string[];
}

export interface ExportOptions {
  /** The recording is still written, so that its end is none is no news. */
  readonly live?: boolean;
  /** Name of what is exported, where the format has a place for it. */
  readonly title?: string;
}
