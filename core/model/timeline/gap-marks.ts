/** Gaps and waits that are kept; of more it is told how many. */
const MAX_MARKS = 200_000;
/** Numbers of a mark: from, to, records lost (0: the target waited for the tracer). */
const NUMBERS = 3;

/** Where records of a thread were lost, or the target waited for the tracer. */
export class GapMarks {
  readonly #ofStream = new Map<number, number[]>();
  #count = 0;
  gaps = 0;
  lost = 0;
  firstGapNs = Number.NaN;
  firstGapStream = 0;

  gap(stream: number, fromNs: number, toNs: number, lost: number): void {
    if (this.gaps++ === 0) {
      this.firstGapNs = toNs;
      this.firstGapStream = stream;
    }
    this.lost += lost;
    this.#add(stream, Math.min(fromNs, toNs), toNs, Math.max(1, lost));
  }

  stall(stream: number, fromNs: number, toNs: number): void {
    this.#add(stream, fromNs, toNs, 0);
  }

  #add(stream: number, fromNs: number, toNs: number, lost: number): void {
    if (this.#count++ >= MAX_MARKS) return;
    const marks = this.#ofStream.get(stream);
    if (marks) marks.push(fromNs, toNs, lost);
    else this.#ofStream.set(stream, [fromNs, toNs, lost]);
  }

  /** Calls `each` for the marks of a stream that overlap a range. */
  each(stream: number, fromNs: number, toNs: number, each: (fromNs: number, toNs: number, lost: number) => void): void {
    const marks = this.#ofStream.get(stream) ?? [];
    for (let at = 0; at < marks.length; at += NUMBERS) {
      const [from, to, lost] = [marks[at] as number, marks[at + 1] as number, marks[at + 2] as number];
      if (to >= fromNs && from <= toNs) each(from, to, lost);
    }
  }
}
