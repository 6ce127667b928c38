/** The recordings that windows have open, whichever session or file they come from. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../core/base/result.ts';
import type { RecordingId, RecordingInfoSummary, SessionInfo } from '../../core/protocol/session-types.ts';
import type { CollectorClient } from './collector-client.ts';

export interface OpenRecording {
  readonly summary: RecordingInfoSummary;
  /** What the collector reads. `summary.path` is what the user knows it by. */
  readonly file: string;
  /** Where Save without a path writes. */
  readonly savedTo?: string;
}

export class OpenRecordings {
  readonly #call: CollectorClient['call'];
  readonly #open = new Map<RecordingId, OpenRecording>();
  /** Files whose opening is under way: two windows asking at once get one recording. */
  readonly #opening = new Map<string, Promise<OpenRecording>>();

  constructor(call: CollectorClient['call']) {
    this.#call = call;
  }

  list(): readonly RecordingInfoSummary[] {
    return [...this.#open.values()].map(({ summary }) => summary);
  }

  ids(): ReadonlySet<RecordingId> {
    return new Set(this.#open.keys());
  }

  get(recording: RecordingId): OpenRecording {
    const open = this.#open.get(recording);
    if (!open)
      throw new ProblemError({ code: 'recording-closed', message: 'This recording is not open any more.', remedy: 'Open it again from the start page.' });
    return open;
  }

  /** The recording of a session that has just started. */
  addLive(info: SessionInfo, file: string): void {
    this.#open.set(info.recording, {
      file,
      summary: { id: info.recording, path: file, title: info.title, format: 'recording', live: info.state !== 'ended', bytes: info.bytes, unsaved: true },
    });
  }

  /** Follows its session. */
  update(info: SessionInfo): void {
    const open = this.#open.get(info.recording);
    if (open)
      this.#open.set(info.recording, { ...open, summary: { ...open.summary, live: info.state !== 'ended', bytes: Math.max(info.bytes, open.summary.bytes) } });
  }

  /** Opens a file, or returns it when it is open. `library`: it is an unsaved recording of that id and title. */
  openFile(file: string, library?: { readonly recording: RecordingId; readonly title: string }): Promise<OpenRecording> {
    const present = [...this.#open.values()].find((open) => open.file === file || open.savedTo === file);
    if (present) return Promise.resolve(present);
    let opening = this.#opening.get(file);
    if (!opening) {
      opening = this.#openAnew(file, library).finally(() => this.#opening.delete(file));
      this.#opening.set(file, opening);
    }
    return opening;
  }

  async #openAnew(file: string, library: { readonly recording: RecordingId; readonly title: string } | undefined): Promise<OpenRecording> {
    const found = await stat(file).catch((error: Error) => {
      throw new ProblemError({ code: 'file-not-found', message: `${file} cannot be opened: ${error.message}`, remedy: 'Check the path.' });
    });
    if (found.isDirectory())
      throw new ProblemError({ code: 'is-folder', message: `${file} is a folder.`, remedy: 'Choose a recording or a trace file in it.' });
    const id = library?.recording ?? randomUUID();
    const unsaved = library !== undefined;
    const summary = await this.#call('recording.open', { path: file, recording: id, unsaved });
    const open: OpenRecording = {
      file,
      summary: { ...summary, title: library?.title ?? path.basename(file), unsaved },
      ...(!unsaved && { savedTo: file }),
    };
    this.#open.set(id, open);
    return open;
  }

  /** It was saved whole: from now on the user knows it by that path. */
  markSaved(recording: RecordingId, savedTo: string, whole: boolean): RecordingInfoSummary {
    const open = this.get(recording);
    const summary = whole ? { ...open.summary, path: savedTo, title: path.basename(savedTo), unsaved: false } : open.summary;
    this.#open.set(recording, { ...open, summary, savedTo });
    return summary;
  }

  async close(recording: RecordingId): Promise<void> {
    if (!this.#open.delete(recording)) return;
    await this.#call('recording.close', { recording });
  }

  /** After a collector was lost: what it held is opened in its successor under the same ids; what cannot be is dropped. */
  async openAgain(call: CollectorClient['call']): Promise<void> {
    for (const [id, open] of this.#open) {
      try {
        const summary = await call('recording.open', { path: open.file, recording: id, unsaved: open.summary.unsaved });
        this.#open.set(id, { ...open, summary: { ...open.summary, live: false, bytes: summary.bytes } });
      } catch {
        this.#open.delete(id); // Nothing whole is in that file; the session's own message has told of the loss.
      }
    }
  }
}
