import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../core/base/result.ts';
import type { NoteChange } from '../../core/protocol/notes.ts';
import { looksLikeRecording } from '../../core/protocol/recording-reader.ts';
import type { RecordingTotals } from '../../core/protocol/recording-writer.ts';
import type { RecordingId, RecordingInfoSummary } from '../../core/protocol/session-types.ts';
import { appendNote } from './append-note.ts';
import type { FlightFile } from './flight-file.ts';
import { recoverParts, writeAll, writeTogether } from './flight-parts.ts';
import { follow, GrowthSignal, liveBytes, type ReadableBytes } from './live-bytes.ts';
import { type RecordingFile, readAt } from './recording-file.ts';

/** A window asks for blocks of at most 1 MB; more is a mistake. */
const MAX_READ_BYTES = 16 * 1024 * 1024;

interface LiveSource {
  readonly id: RecordingId;
  readonly path: string;
  readonly title: string;
  readonly file: RecordingFile;
  /** Only the newest of it is kept. */
  readonly flight?: FlightFile | undefined;
  /** What would end the file as it is now. */
  readonly closingNow: () => { readonly offset: number; readonly parts: readonly Uint8Array[]; readonly totals: RecordingTotals };
}

/** A recording that windows read: one under way, or any file. Reads are by position, so any number of readers share it. */
export class OpenRecording {
  readonly growth = new GrowthSignal();
  readonly #id: RecordingId;
  readonly #path: string;
  readonly #title: string;
  readonly #format: RecordingInfoSummary['format'];
  readonly #unsaved: boolean;
  #bytes: ReadableBytes;
  readonly #live: LiveSource | undefined;
  #release: () => Promise<void>;
  /** Changes of notes, one after the other: each begins where the one before ended. */
  #noting: Promise<unknown> = Promise.resolve();
  #complete: boolean;
  #stopped = false;
  #closed: Error | undefined;

  private constructor(fields: {
    id: RecordingId;
    path: string;
    title: string;
    format: RecordingInfoSummary['format'];
    unsaved: boolean;
    /** Asked whether more may come. */
    bytes: (isComplete: () => boolean) => ReadableBytes;
    live: LiveSource | undefined;
    release: () => Promise<void>;
  }) {
    this.#id = fields.id;
    this.#path = fields.path;
    this.#title = fields.title;
    this.#format = fields.format;
    this.#unsaved = fields.unsaved;
    this.#live = fields.live;
    this.#complete = fields.live === undefined;
    this.#bytes = fields.bytes(() => this.#complete || this.#stopped);
    this.#release = fields.release;
  }

  static live(source: LiveSource): OpenRecording {
    return new OpenRecording({
      id: source.id,
      path: source.path,
      title: source.title,
      format: 'recording',
      unsaved: true,
      bytes: (isComplete) => liveBytes(source.file, isComplete),
      live: source,
      release: () => source.file.close(),
    });
  }

  /** Opens a file as it is. Throws ProblemError in words. */
  static async file(id: RecordingId, file: string, unsaved: boolean): Promise<OpenRecording> {
    let handle: FileHandle;
    try {
      await recoverParts(file);
      handle = await open(file, 'r');
    } catch (error) {
      throw readProblem(file, error);
    }
    const status = await handle.stat();
    if (!status.isFile()) {
      await handle.close();
      throw new ProblemError({ code: 'not-a-file', message: `${file} is not a file.`, remedy: 'Choose a recording or a trace file.' });
    }
    const start = await readAt(handle, 8, 0);
    const bytes: ReadableBytes = { size: status.size, complete: true, read: (length, position) => readAt(handle, length, position) };
    return new OpenRecording({
      id,
      path: file,
      title: path.basename(file),
      format: looksLikeRecording(start) ? 'recording' : 'other',
      unsaved,
      bytes: () => bytes,
      live: undefined,
      release: () => handle.close(),
    });
  }

  get summary(): RecordingInfoSummary {
    const view = this.#complete ? undefined : this.#live?.flight?.view();
    return {
      id: this.#id,
      path: this.#path,
      title: this.#title,
      format: this.#format,
      live: !this.#complete,
      bytes: view?.bytes.size ?? this.#bytes.size,
      unsaved: this.#unsaved,
      ...(view && { view: view.id }),
    };
  }

  get complete(): boolean {
    return this.#complete;
  }

  /** The file has failed and the run goes on: followers read to the end and end, and do not wait for what cannot come. */
  stopped(): void {
    this.#stopped = true;
    this.growth.fire();
  }

  /** Nothing more is written: followers read to the end and end. */
  completed(): void {
    this.#complete = true;
    if (this.#live?.flight) this.#bytes = this.#live.flight.final;
    this.growth.fire();
  }

  /** `view`: that of the summary with which a window began. Offsets are those of the view. */
  async read(offset: number, length: number, view?: number): Promise<Uint8Array> {
    if (!(Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0 && length <= MAX_READ_BYTES)) {
      throw new ProblemError({ code: 'bad-range', message: `A recording cannot be read at ${offset} for ${length} bytes.` });
    }
    const bytes = this.#bytesOf(view);
    const there = Math.max(0, Math.min(length, bytes.size - offset));
    return there === 0 ? new Uint8Array(0) : bytes.read(there, offset);
  }

  #bytesOf(view: number | undefined): ReadableBytes {
    const flight = this.#live?.flight;
    return flight && view !== undefined ? this.#until(flight.viewOf(view).bytes, () => this.#complete) : this.#bytes;
  }

  #until(source: ReadableBytes, isComplete: () => boolean): ReadableBytes {
    return {
      get size() {
        return source.size;
      },
      get complete() {
        return isComplete();
      },
      read: (length, position) => source.read(length, position),
    };
  }

  /**
   * Puts a change of a note into the file of a complete recording, and into a copy of it where the user keeps one. False: it has no place for
   * notes, being of another format, or cut.
   */
  note(change: NoteChange, copy?: string): Promise<boolean> {
    const noted = this.#noting.then(() => this.#note(change, copy));
    this.#noting = noted.catch(() => {}); // Told to who asked.
    return noted;
  }

  async #note(change: NoteChange, copy: string | undefined): Promise<boolean> {
    if (this.#format !== 'recording') return false;
    try {
      const size = await appendNote(this.#path, change);
      if (size === undefined) return false;
      await this.#reopen();
      // The copy may have been moved away or changed since: what is open is this one.
      if (copy !== undefined) await appendNote(copy, change).catch(() => {});
      return true;
    } catch (error) {
      throw await saveProblem(this.#path, error);
    }
  }

  /** The file has grown: readers that come see all of it. */
  async #reopen(): Promise<void> {
    const handle = await open(this.#path, 'r');
    const { size } = await handle.stat();
    this.#bytes = { size, complete: true, read: (length, position) => readAt(handle, length, position) };
    const before = this.#release;
    this.#release = async () => {
      await before();
      await handle.close();
    };
  }

  follow(offset: number, view?: number): AsyncIterable<Uint8Array> {
    return follow(this.#bytesOf(view), this.growth, Number.isSafeInteger(offset) && offset > 0 ? offset : 0, () => this.#closed);
  }

  /**
   * Copies to a temporary file beside `target` and renames, so that an existing file is replaced whole or not at all. A
   * recording under way is copied as far as it went when this was called, with an index and a footer of its own.
   */
  async saveAs(target: string): Promise<number> {
    // Through a symbolic link the file that it names is replaced, not the link.
    const final = await realpath(target).catch(() => path.resolve(target));
    if (final === (await realpath(this.#path).catch(() => path.resolve(this.#path)))) {
      if (this.#complete) return this.#bytes.size;
      throw new ProblemError({ code: 'save-onto-itself', message: 'A recording under way cannot be saved over itself.', remedy: 'Choose another name.' });
    }
    const temporary = path.join(path.dirname(final), `.${path.basename(final)}.${randomBytes(6).toString('hex')}.tmp`);
    let handle: FileHandle | undefined;
    try {
      handle = await open(temporary, 'wx');
      const end = await this.#copyInto(handle);
      await handle.sync();
      await handle.close();
      handle = undefined;
      await rename(temporary, final);
      return end;
    } catch (error) {
      await handle?.close();
      await rm(temporary, { force: true });
      throw await saveProblem(target, error);
    }
  }

  async #copyInto(handle: FileHandle): Promise<number> {
    const flight = this.#complete ? undefined : this.#live?.flight;
    if (flight) return this.#copyKept(handle, flight);
    const closing = this.#complete ? undefined : this.#live?.closingNow();
    const end = closing?.offset ?? this.#bytes.size;
    let at = 0;
    for await (const piece of this.#upTo(this.#bytes, end)) {
      await writeAll(handle, piece);
      at += piece.length;
    }
    // Fewer came than were expected: the disk failed in between, and the copy is what the file holds, without a footer.
    if (!closing || at < end) return at;
    for (const part of closing.parts) {
      await writeAll(handle, part);
      at += part.length;
    }
    return at;
  }

  /** What is kept at this moment, with an end. */
  async #copyKept(handle: FileHandle, flight: FlightFile): Promise<number> {
    await flight.trim();
    const unpin = flight.pin();
    try {
      const view = flight.view();
      const { offset, totals } = this.#live?.closingNow() ?? {};
      return await writeTogether(handle, this.#upTo(view.bytes, view.placeOf(offset ?? 0)), totals && { ...totals, events: flight.events });
    } finally {
      unpin();
    }
  }

  /** The first `end` bytes, waited for; fewer where the disk has failed. */
  async *#upTo(source: ReadableBytes, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    const bytes = this.#until(source, () => source.complete || this.#complete || this.#live?.file.failure !== undefined);
    let at = 0;
    for await (const chunk of follow(bytes, this.growth, 0, () => this.#closed)) {
      const piece = chunk.subarray(0, end - at);
      yield piece;
      at += piece.length;
      if (at >= end) return;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = new ProblemError({ code: 'recording-closed', message: 'The recording was closed.' });
    this.growth.fire();
    await this.#release();
  }
}

function readProblem(file: string, error: unknown): ProblemError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new ProblemError({ code: 'not-found', message: `${file} does not exist.`, remedy: 'Check its path.' });
  if (code === 'EACCES' || code === 'EPERM')
    return new ProblemError({ code: 'not-allowed', message: `${file} may not be read.`, remedy: 'Check its permissions.' });
  return new ProblemError({ code: 'read-failed', message: `${file} could not be read: ${message}` });
}

async function saveProblem(target: string, error: unknown): Promise<Error> {
  if (error instanceof ProblemError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const folder = path.dirname(target);
  const known: Record<string, [string, string, string]> = {
    ENOSPC: ['disk-full', `There is no room left on the disk for ${target}.`, 'Make room or save elsewhere; an existing file was not touched.'],
    EACCES: ['not-allowed', `Files may not be written in ${folder}.`, 'Save elsewhere.'],
    EPERM: ['not-allowed', `${target} may not be written.`, 'Save elsewhere.'],
    EROFS: ['not-allowed', `${folder} is on a file system that cannot be written.`, 'Save elsewhere.'],
    EISDIR: ['is-a-folder', `${target} is a folder.`, 'Choose another name.'],
    ENOTEMPTY: ['is-a-folder', `${target} is a folder.`, 'Choose another name.'],
  };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const there = await stat(folder).then(
      (status) => status.isDirectory(),
      () => false,
    );
    if (!there) return new ProblemError({ code: 'no-such-folder', message: `The folder ${folder} does not exist.`, remedy: 'Choose a folder that does.' });
  }
  const [word, text, remedy] = known[code ?? ''] ?? ['save-failed', `${target} could not be saved: ${message}`, 'An existing file was not touched.'];
  return new ProblemError({ code: word, message: text, remedy });
}
