/**
 * The per-user folder of recordings that were not saved: `<id>.tsr` and beside it `<id>.json`, the journal that says what it
 * is and who was writing it. After a crash the journal is what makes the recording findable.
 *
 * Cleaning rule (KEEP_RULE): what is older than 30 days goes, and of the rest the oldest above 5 GB. Never removed, and not counted
 * in the 5 GB: what a session still writes, what is open, the newest (however large or old: nobody may have seen it yet), and what
 * was recovered after a crash in the last 30 days. The copy here of one that was saved elsewhere goes at once.
 * A trace that a browser uploaded lies here as well, under the name `<id>.trace.json` (or `.gz`) if it is no `.tsr`.
 */
import { mkdir, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { SessionEnd } from '../../../core/protocol/recording-format.ts';
import { RECORDING_EXTENSION } from '../../../core/protocol/recording-format.ts';
import type { RecordingId, SessionId } from '../../../core/protocol/session-types.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { notesFileOf } from './notes-beside.ts';

const KEPT_DAYS = 30;
const KEPT_BYTES = 5 * 1024 ** 3;
export const KEEP_RULE = `Recordings that you do not save are kept for ${KEPT_DAYS} days or until the older ones fill 5 GB, whichever comes first. The newest always stays.`;
const DAY_MS = 86_400_000;
const UPLOADING = '.upload';

/** A writer renews its journal's time this often; one that has not for ten minutes is gone, even if its pid lives (it was given to another). */
const RENEW_MS = 60_000;
const GONE_AFTER_MS = 10 * RENEW_MS;

export interface Journal {
  readonly version: 1;
  readonly recording: RecordingId;
  readonly session: SessionId;
  readonly title: string;
  readonly startedAtMs: number;
  /** Pid of the studio that writes it. */
  readonly writer: number;
  readonly endedAtMs?: number;
  readonly end?: SessionEnd;
  /** Where the user saved it, whole: the copy here may go. */
  readonly savedTo?: string;
  /** Of an uploaded trace that is no `.tsr`. */
  readonly extension?: UploadExtension;
}

/** What a browser may send, and what it is kept as. */
export const UPLOAD_EXTENSIONS = ['.tsr', '.json', '.json.gz', '.gz'] as const;
export type UploadExtension = (typeof UPLOAD_EXTENSIONS)[number];

export interface LibraryEntry {
  readonly journal: Journal;
  readonly file: string;
  readonly bytes: number;
  /** A studio is writing it. */
  readonly live: boolean;
  /** The studio ended before the session did. */
  readonly recovered: boolean;
}

export class RecordingLibrary {
  readonly #folder: string;
  readonly #running = new Map<RecordingId, Journal>();
  #renewing: NodeJS.Timeout | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get folder(): string {
    return this.#folder;
  }

  fileOf(recording: RecordingId, extension: UploadExtension = RECORDING_EXTENSION): string {
    // `<id>.json` is the journal.
    return path.join(this.#folder, extension === RECORDING_EXTENSION ? recording + extension : `${recording}.trace${extension}`);
  }

  /** Writes the journal before the first byte of the recording. Returns the recording's file. */
  async begin(start: Pick<Journal, 'recording' | 'session' | 'title' | 'startedAtMs'>): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const journal: Journal = { version: 1, ...start, writer: process.pid };
    await this.#write(journal);
    this.#running.set(start.recording, journal);
    this.#renewing ??= setInterval(() => void this.#renew(), RENEW_MS).unref();
    return this.fileOf(start.recording);
  }

  /** A new empty file in this folder, for a trace that is being uploaded. Nobody lists it before `add`. */
  async temporaryFile(recording: RecordingId): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return path.join(this.#folder, recording + UPLOADING);
  }

  /** What was written to a temporary file is a recording of this folder from now on. */
  async add(temporary: string, { recording, title, extension }: Required<Pick<Journal, 'recording' | 'title' | 'extension'>>): Promise<void> {
    const now = Date.now();
    await this.#write({ version: 1, recording, session: '', title, startedAtMs: now, endedAtMs: now, writer: process.pid, extension });
    await rename(temporary, this.fileOf(recording, extension));
  }

  async finish(recording: RecordingId, endedAtMs: number, end: SessionEnd | undefined): Promise<void> {
    const journal = this.#running.get(recording);
    if (!journal) return;
    this.#running.delete(recording);
    if (this.#running.size === 0) {
      clearInterval(this.#renewing);
      this.#renewing = undefined;
    }
    await this.#write({ ...journal, endedAtMs, ...(end && { end }) });
  }

  async markSaved(recording: RecordingId, savedTo: string): Promise<void> {
    const entry = await this.find(recording);
    if (entry && !entry.live) await this.#write({ ...entry.journal, savedTo });
  }

  /** Newest first; without those that were saved elsewhere. */
  async list(): Promise<readonly LibraryEntry[]> {
    const entries = await this.#all();
    return entries.filter((entry) => entry.journal.savedTo === undefined).sort((a, b) => b.journal.startedAtMs - a.journal.startedAtMs);
  }

  async find(recording: RecordingId): Promise<LibraryEntry | undefined> {
    return this.#read(`${recording}.json`);
  }

  async remove(recording: RecordingId): Promise<void> {
    this.#running.delete(recording);
    // The recording first: a journal without a recording is harmless, a recording without a journal is lost to the list.
    for (const extension of UPLOAD_EXTENSIONS) await rm(this.fileOf(recording, extension), { force: true });
    for (const extension of UPLOAD_EXTENSIONS) await rm(notesFileOf(this.fileOf(recording, extension)), { force: true });
    await rm(partsOf(this.fileOf(recording)), { recursive: true, force: true });
    await rm(path.join(this.#folder, `${recording}.json`), { force: true });
  }

  /** Applies the cleaning rule; `inUse` are open in a window and stay. Returns what was removed. */
  async clean(options: { readonly inUse: ReadonlySet<RecordingId>; readonly nowMs?: number; readonly keptBytes?: number }): Promise<readonly RecordingId[]> {
    const { inUse, nowMs = Date.now(), keptBytes = KEPT_BYTES } = options;
    await this.#removeHalfUploads(nowMs);
    const entries = (await this.#all()).sort((a, b) => b.journal.startedAtMs - a.journal.startedAtMs);
    const newest = entries.find(({ journal, live }) => journal.savedTo === undefined && !live);
    const removed: RecordingId[] = [];
    let total = 0;
    for (const entry of entries) {
      const { journal, bytes, live, recovered } = entry;
      if (live || inUse.has(journal.recording) || entry === newest) continue;
      const isSaved = journal.savedTo !== undefined;
      const expired = nowMs - (journal.endedAtMs ?? journal.startedAtMs) > KEPT_DAYS * DAY_MS;
      if (recovered && !isSaved && !expired) continue;
      if (!isSaved && !expired && total + bytes <= keptBytes) {
        total += bytes;
        continue;
      }
      await this.remove(journal.recording);
      removed.push(journal.recording);
    }
    return removed;
  }

  /** A studio that died left them: a day is longer than any upload. */
  async #removeHalfUploads(nowMs: number): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((each) => each.endsWith(UPLOADING))) {
      const file = path.join(this.#folder, name);
      const found = await stat(file).catch(() => undefined);
      if (found && nowMs - found.mtimeMs > DAY_MS) await rm(file, { force: true });
    }
  }

  /** Bytes that the disk of this folder still takes; undefined when it cannot be told. */
  async freeBytes(): Promise<number | undefined> {
    const disk = await statfs(this.#folder).catch(() => undefined);
    return disk && disk.bavail * disk.bsize;
  }

  async #all(): Promise<LibraryEntry[]> {
    const names = await readdir(this.#folder).catch(() => []); // No folder yet: nothing was recorded.
    const entries = await Promise.all(names.filter((name) => /^[A-Za-z0-9_-]{1,64}\.json$/.test(name)).map((name) => this.#read(name)));
    return entries.filter((entry) => entry !== undefined);
  }

  async #read(name: string): Promise<LibraryEntry | undefined> {
    const journalFile = path.join(this.#folder, name);
    const journal = await readJsonFile(journalFile, checkJournal);
    if (!journal || `${journal.recording}.json` !== name) return undefined;
    const file = this.fileOf(journal.recording, journal.extension);
    const [recording, written] = await Promise.all([stat(file).catch(() => undefined), stat(journalFile).catch(() => undefined)]);
    if (!recording) return undefined;
    const open = journal.endedAtMs === undefined;
    const live = open && (this.#running.has(journal.recording) || isWriting(journal.writer, written?.mtimeMs ?? 0));
    return { journal, file, bytes: recording.size + (await partBytes(file)), live, recovered: open && !live };
  }

  #write(journal: Journal): Promise<void> {
    return writeJsonFile(path.join(this.#folder, `${journal.recording}.json`), journal);
  }

  async #renew(): Promise<void> {
    const now = new Date();
    // A failure shows when the recording itself cannot be written; here it would only be said twice.
    await Promise.all([...this.#running.keys()].map((id) => utimes(path.join(this.#folder, `${id}.json`), now, now).catch(() => {})));
  }
}

/** Where a recording of which only the newest is kept has its parts, until the collector makes one file of them. */
const partsOf = (file: string): string => `${file}.parts`;

async function partBytes(file: string): Promise<number> {
  const names = await readdir(partsOf(file)).catch(() => []); // Of most there are none.
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(partsOf(file), name)).then(
        (part) => part.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Our own pid with no session of ours is a pid that was given anew: that writer is gone. */
function isWriting(pid: number, renewedMs: number): boolean {
  if (pid === process.pid || Date.now() - renewedMs > GONE_AFTER_MS) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function checkJournal(value: unknown): Journal | undefined {
  const journal = value as Journal | null;
  const whole =
    typeof journal === 'object' &&
    journal !== null &&
    journal.version === 1 &&
    typeof journal.recording === 'string' &&
    typeof journal.session === 'string' &&
    typeof journal.title === 'string' &&
    typeof journal.startedAtMs === 'number' &&
    Number.isInteger(journal.writer) &&
    journal.writer > 0 &&
    (journal.extension === undefined || UPLOAD_EXTENSIONS.includes(journal.extension));
  return whole ? journal : undefined;
}
