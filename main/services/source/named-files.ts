/** Which files the open recordings name: looked up when source is asked for, and again when the recording has grown. */
import { filesNamedIn, filesNamedInStream, type NamedFiles } from '../../../core/formats/named-files.ts';
import type { RecordingId } from '../../../core/protocol/session-types.ts';
import { openFile, recordingOf } from '../export/open-file.ts';

/** Recordings whose names are remembered. */
const MOST_KNOWN = 20;

export class KnownFiles {
  readonly #known = new Map<RecordingId, { readonly bytes: number; readonly named: NamedFiles }>();
  #reading: Promise<unknown> = Promise.resolve();

  /** `wanted` as the recording names it; undefined: it does not. The working folder comes with it. One recording is read at a time. */
  find(recording: RecordingId, file: string, wanted: string): Promise<{ readonly cwd: string } | undefined> {
    const found = this.#reading.then(() => this.#find(recording, file, wanted));
    this.#reading = found.catch(() => {}); // Told to who asked.
    return found;
  }

  async #find(recording: RecordingId, file: string, wanted: string): Promise<{ readonly cwd: string } | undefined> {
    const known = this.#known.get(recording);
    if (known?.named.files.has(wanted)) return { cwd: known.named.cwd };
    const { source, opened } = await openFile(file);
    try {
      if (known?.bytes === source.bytes) return undefined;
      const named = opened.kind === 'recording' ? await filesNamedIn(source) : await filesNamedInStream(recordingOf(source, opened));
      this.#known.delete(recording);
      this.#known.set(recording, { bytes: source.bytes, named });
      for (const id of this.#known.keys()) if (this.#known.size > MOST_KNOWN) this.#known.delete(id);
      return named.files.has(wanted) ? { cwd: named.cwd } : undefined;
    } finally {
      await source.close();
    }
  }
}
