/** What windows ask of recordings: the list of recent ones, to open, save, close and discard them, their notes. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import type { NoteChange } from '../../../core/protocol/notes.ts';
import type { RecordingId, RecordingInfoSummary } from '../../../core/protocol/session-types.ts';
import type { RecentItem, RecordingGlance, StudioPushes, StudioRequests } from '../../../core/protocol/studio-api.ts';
import type { CollectorClient } from '../collector-client.ts';
import type { ExportJobs } from '../export/export-jobs.ts';
import type { UserPaths } from '../files/user-paths.ts';
import type { HostPort } from '../host-port.ts';
import type { OpenRecordings } from '../open-recordings.ts';
import type { Glances } from './glances.ts';
import type { RecordingLibrary } from './library.ts';
import { changeNotesBeside, copyNotesBeside, readNotesBeside } from './notes-beside.ts';
import type { Recents } from './recents.ts';

interface Surroundings {
  readonly library: RecordingLibrary;
  readonly recents: Recents;
  readonly glances: Glances;
  readonly recordings: OpenRecordings;
  readonly paths: UserPaths;
  readonly exports: ExportJobs;
  readonly call: CollectorClient['call'];
  readonly push: <K extends keyof StudioPushes>(event: K, payload: StudioPushes[K]) => void;
  /** Some window has it open. */
  readonly isWanted: (recording: RecordingId) => boolean;
}

export class RecordingDesk {
  readonly #around: Surroundings;
  #noting: Promise<unknown> = Promise.resolve();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async recent(): Promise<readonly RecentItem[]> {
    const { library, recents } = this.#around;
    const glances = await this.#around.glances.all();
    const glanceOf = (file: string) => glances.has(file) && { glance: glances.get(file) as RecordingGlance };
    const unsaved = (await library.list())
      .filter((entry) => !entry.live)
      .map(({ journal, file, bytes, recovered }): RecentItem => {
        const { endedAtMs, end } = journal;
        return {
          ref: journal.recording,
          title: journal.title,
          path: file,
          bytes,
          openedAtMs: journal.startedAtMs,
          unsaved: true,
          recovered,
          // An uploaded trace was not recorded here.
          ...(endedAtMs !== undefined && journal.session !== '' && { durationNs: (endedAtMs - journal.startedAtMs) * 1e6 }),
          ...(end && { end }),
          ...glanceOf(file),
        };
      });
    const files = await Promise.all(
      (await recents.files()).map(async (file): Promise<RecentItem> => {
        const found = await stat(file.path).catch(() => undefined);
        return { ...file, bytes: found?.size ?? 0, unsaved: false, recovered: false, ...(!found && { missing: true }), ...glanceOf(file.path) };
      }),
    );
    return [...unsaved, ...files].sort((a, b) => Number(b.recovered) - Number(a.recovered) || b.openedAtMs - a.openedAtMs);
  }

  async openRecent(ref: string, host: HostPort): Promise<RecordingInfoSummary> {
    const { library, recents, recordings } = this.#around;
    const entry = await library.find(ref);
    if (entry) return (await recordings.openFile(entry.file, entry.journal)).summary;
    const file = (await recents.files()).find((recent) => recent.ref === ref);
    if (!file)
      throw new ProblemError({
        code: 'no-such-recording',
        message: 'This recording is not in the list any more.',
        remedy: 'It may have been discarded in another window.',
      });
    return this.openPath(file.path, host);
  }

  async openPath(file: string, host: HostPort): Promise<RecordingInfoSummary> {
    const real = await this.#around.paths.existing(file);
    const { summary } = await this.#around.recordings.openFile(real);
    await this.#remember(real, summary, host);
    return summary;
  }

  async #remember(file: string, summary: RecordingInfoSummary, host: HostPort): Promise<void> {
    // The list is a convenience: an unwritable folder must not keep a file from being opened or saved.
    await this.#around.recents.addFile({ path: file, title: summary.title, openedAtMs: Date.now() }).catch(() => {});
    host.addRecent(file);
    this.#around.push('recordings.changed', null);
  }

  async discard(ref: string): Promise<void> {
    const { library, recents, recordings } = this.#around;
    const entry = await library.find(ref);
    if (entry?.live) {
      throw new ProblemError({ code: 'recording-live', message: `${entry.journal.title} is still being recorded.`, remedy: 'Stop it first.' });
    }
    if (entry) {
      await recordings.close(ref);
      await library.remove(ref);
    } else await recents.removeFile(ref);
    this.#around.push('recordings.changed', null);
  }

  async noteGlance(recording: RecordingId, glance: RecordingGlance): Promise<void> {
    const { glances, recordings, push } = this.#around;
    if (await glances.put(recordings.get(recording).file, glance)) push('recordings.changed', null);
  }

  /** A live recording stays open in the collector: it is still written. */
  async close(recording: RecordingId): Promise<void> {
    const { recordings, isWanted, push } = this.#around;
    const { summary } = recordings.get(recording);
    if (isWanted(recording) || summary.live) return;
    await recordings.close(recording);
    push('recordings.changed', null);
  }

  async save(recording: RecordingId, asked: string | undefined, overwrite: boolean, host: HostPort): Promise<RecordingInfoSummary> {
    const { recordings, library, paths, glances, call } = this.#around;
    const open = recordings.get(recording);
    if (asked === undefined && open.savedTo === undefined) {
      throw new ProblemError({ code: 'no-path', message: `${open.summary.title} was not saved before.`, remedy: 'Choose where to save it.' });
    }
    const target = asked === undefined ? (open.savedTo as string) : await paths.target(asked, overwrite, open.file);
    const { live, format } = open.summary;
    if (target !== open.file) {
      if (format === 'recording' || path.extname(target) === path.extname(open.file)) {
        await call('recording.saveAs', { recording, path: target });
        await copyNotesBeside(open.file, target);
      } else await this.#convert(open.file, target);
    }
    const glance = (await glances.all()).get(open.file);
    if (glance) await glances.put(target, glance).catch(() => false);
    const summary = recordings.markSaved(recording, target, !live);
    if (!live) await library.markSaved(recording, target);
    await this.#remember(target, { ...summary, title: path.basename(target) }, host);
    return summary;
  }

  /** A trace of another format is saved as a recording. */
  async #convert(source: string, target: string): Promise<void> {
    const { finished } = this.#around.exports.start({ source, path: target, format: 'recording', live: false, overwrite: true });
    const { problem } = await finished;
    if (problem) throw new ProblemError(problem);
  }

  notesBeside(recording: RecordingId): ReturnType<typeof readNotesBeside> {
    return readNotesBeside(this.#around.recordings.get(recording).file);
  }

  /** One after the other: two windows that write beside one file would else lose each other's. */
  changeNote(recording: RecordingId, change: NoteChange): Promise<ReturnType<StudioRequests['notes.change']>> {
    const { recordings, call, push } = this.#around;
    const changed = this.#noting.then(async () => {
      const { file, savedTo, summary } = recordings.get(recording);
      const copy = savedTo !== undefined && savedTo !== file ? { copy: savedTo } : {};
      const inside = summary.format === 'recording' && (await call('recording.note', { recording, change, ...copy })).kept;
      const beside = inside ? undefined : await changeNotesBeside(file, change);
      if (!inside && copy.copy !== undefined) await changeNotesBeside(copy.copy, change);
      push('notes.changed', { recording, change });
      return beside === undefined ? {} : { beside };
    });
    this.#noting = changed.catch(() => {}); // Told to who asked.
    return changed;
  }
}
