/** What windows ask of exports: a recording in another format, what of it would leave, a picture. */
import { ProblemError } from '../../../core/base/result.ts';
import type { ExportQuestion, StudioRequests } from '../../../core/protocol/studio-api.ts';
import type { UserPaths } from '../files/user-paths.ts';
import type { OpenRecordings } from '../open-recordings.ts';
import { type ExportJobs, putFile } from './export-jobs.ts';
import type { ExportChoices } from './export-messages.ts';

/** How such a file begins. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

interface Surroundings {
  readonly jobs: ExportJobs;
  readonly recordings: OpenRecordings;
  readonly paths: UserPaths;
}

export class ExportDesk {
  readonly #jobs: ExportJobs;
  readonly #recordings: OpenRecordings;
  readonly #paths: UserPaths;

  constructor({ jobs, recordings, paths }: Surroundings) {
    this.#jobs = jobs;
    this.#recordings = recordings;
    this.#paths = paths;
  }

  async start(request: Parameters<StudioRequests['export.start']>[0]): Promise<{ readonly job: string }> {
    const open = this.#recordings.get(request.recording);
    const overwrite = request.overwrite ?? false;
    const target = await this.#paths.target(request.path, overwrite, open.file);
    if (target === open.file) {
      throw new ProblemError({ code: 'export-onto-itself', message: `${target} is the recording that is being exported.`, remedy: 'Choose another name.' });
    }
    const { job } = this.#jobs.start({ ...this.#choices(request), path: target, overwrite });
    return { job };
  }

  /** `window` stands for who asks: of each only the newest question is answered. */
  preview(window: object, question: ExportQuestion): ReturnType<ExportJobs['preview']> {
    return this.#jobs.preview(window, this.#choices(question));
  }

  async savePicture(asked: string, overwrite: boolean, bytes: Uint8Array): Promise<{ readonly path: string; readonly bytes: number }> {
    if (bytes.length < PNG.length || !PNG.every((byte, at) => bytes[at] === byte)) {
      throw new ProblemError({ code: 'no-picture', message: 'The window sent something that is no PNG picture.' });
    }
    const target = await this.#paths.target(asked, overwrite);
    await putFile(target, bytes, overwrite);
    return { path: target, bytes: bytes.length };
  }

  #choices({ recording, view = 'processed', ...question }: ExportQuestion): ExportChoices {
    const { format, fromNs, toNs, without, table, thread } = question;
    const { file, summary } = this.#recordings.get(recording);
    return {
      source: file,
      format,
      view,
      live: summary.live,
      ...(fromNs !== undefined && { fromNs }),
      ...(toNs !== undefined && { toNs }),
      ...(without && { without }),
      ...(table && { table }),
      ...(thread !== undefined && { thread }),
    };
  }
}
