import { MAX_LEFT_ALONE, type RecordingInfo } from '../../core/protocol/recording-format.ts';

/** Processes that have ended are remembered up to here: what their plugins left comes at the end of the session. */
const MAX_ENDED = 10_000;
/** Of failures and losses. */
const MAX_NOTES = 1000;

/** INFO lines that must survive when the blocks they lie in go: who the streams are, and the last word on everything else. */
export class KeptInfo {
  readonly #processes = new Map<number, RecordingInfo>();
  readonly #processEnds = new Map<number, RecordingInfo>();
  readonly #threads = new Map<number, Extract<RecordingInfo, { kind: 'thread' }>>();
  readonly #stats = new Map<number, RecordingInfo>();
  readonly #plugins = new Map<string, RecordingInfo>();
  readonly #captures = new Map<number, RecordingInfo>();
  readonly #samplings = new Map<string, RecordingInfo>();
  #leftAlone: Extract<RecordingInfo, { kind: 'left-alone' }>[] = [];
  readonly #notes: RecordingInfo[] = [];
  /** Notes that a user wrote, by id. */
  readonly #written = new Map<string, RecordingInfo>();
  #gate: RecordingInfo | undefined;

  /** Gives the stream that has ended, so that nothing of it comes any more. */
  take(line: RecordingInfo): number | undefined {
    switch (line.kind) {
      case 'process':
        this.#processes.set(line.process, line);
        return undefined;
      case 'process-end':
        this.#processEnds.set(line.process, line);
        if (this.#processEnds.size > MAX_ENDED) this.#forget(this.#processEnds.keys().next().value as number);
        return undefined;
      case 'thread':
        this.#threads.set(line.stream, line);
        return undefined;
      case 'thread-end':
        this.#threads.delete(line.stream);
        this.#stats.delete(line.stream);
        return line.stream;
      case 'stats':
        this.#stats.set(line.stream, line);
        return undefined;
      case 'plugin':
        this.#plugins.set(`${line.process} ${line.state.index}`, line);
        return undefined;
      case 'capture':
        this.#captures.set(line.process, line);
        return undefined;
      case 'sampling':
        this.#samplings.set(`${line.process} ${line.state.thread}`, line);
        return undefined;
      case 'left-alone':
        this.#leftAlone.push(line);
        if (this.#leftAlone.length > MAX_LEFT_ALONE) this.#leftAlone.shift();
        return undefined;
      case 'note':
        if (line.removed === true) this.#written.delete(line.id);
        else this.#written.set(line.id, line);
        return undefined;
      case 'recording':
        this.#gate = line;
        return undefined;
      default:
        this.#notes.push(line);
        if (this.#notes.length > MAX_NOTES) this.#notes.shift();
        return undefined;
    }
  }

  processOf(stream: number): number {
    return this.#threads.get(stream)?.process ?? 0;
  }

  lines(): RecordingInfo[] {
    const gate = this.#gate ? [this.#gate] : [];
    const maps = [this.#processes, this.#threads, this.#stats, this.#plugins, this.#captures, this.#samplings, this.#processEnds, this.#written];
    return [...maps.flatMap((lines: ReadonlyMap<unknown, RecordingInfo>) => [...lines.values()]), ...this.#leftAlone, ...this.#notes, ...gate];
  }

  #forget(process: number): void {
    this.#processEnds.delete(process);
    this.#processes.delete(process);
    this.#captures.delete(process);
    this.#leftAlone = this.#leftAlone.filter((line) => line.process !== process);
    for (const lines of [this.#plugins, this.#samplings]) for (const key of lines.keys()) if (key.startsWith(`${process} `)) lines.delete(key);
  }
}
