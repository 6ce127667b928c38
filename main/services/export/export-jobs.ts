/** Exports under way: each in a worker thread that writes a temporary file beside the target, renamed when it is whole. */
import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { ProblemError } from '../../../core/base/result.ts';
import type { ExportPreview, ExportProgress } from '../../../core/protocol/studio-api.ts';
import type { ExportChoices, ExportMessage, ExportTask } from './export-messages.ts';

export interface ExportRequest extends ExportChoices {
  readonly path: string;
  readonly overwrite: boolean;
}

/** What takes longer to be looked at is not worth waiting for. */
const PREVIEW_MS = 5000;

interface Job {
  readonly worker: Worker;
  cancelled: boolean;
}

export class ExportJobs {
  readonly #workerFile: string;
  readonly #report: (progress: ExportProgress) => void;
  readonly #jobs = new Map<string, Job>();
  readonly #previews = new Map<object, Worker>();

  constructor(workerFile: string, report: (progress: ExportProgress) => void) {
    this.#workerFile = workerFile;
    this.#report = report;
  }

  /** Begins and returns the job's id; `finished` resolves with the last progress and never rejects. */
  start(request: ExportRequest): { readonly job: string; readonly finished: Promise<ExportProgress> } {
    const job = randomUUID();
    return { job, finished: this.#run(job, request) };
  }

  /** Size and beginning of an export. A later question of the same owner takes the place of this one, which fails then. */
  async preview(owner: object, choices: ExportChoices): Promise<ExportPreview> {
    this.#previews.get(owner)?.terminate();
    const worker = new Worker(this.#workerFile, { workerData: choices satisfies ExportTask });
    this.#previews.set(owner, worker);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ExportPreview>((resolve, reject) => {
        timer = setTimeout(() => resolve({ notes: [], isExact: false }), PREVIEW_MS);
        worker.on('message', (message: ExportMessage) => {
          if (message.kind === 'preview') resolve(message.preview);
          else if (message.kind === 'failed') reject(new ProblemError(message.problem));
        });
        worker.on('error', reject);
        worker.on('exit', () => reject(new ProblemError({ code: 'preview-replaced', message: 'Another preview was asked for.' })));
      });
    } finally {
      clearTimeout(timer);
      void worker.terminate();
      if (this.#previews.get(owner) === worker) this.#previews.delete(owner);
    }
  }

  cancel(job: string): void {
    const running = this.#jobs.get(job);
    if (!running) return; // It ended in the meantime.
    running.cancelled = true;
    void running.worker.terminate();
  }

  cancelAll(): void {
    for (const job of this.#jobs.keys()) this.cancel(job);
  }

  async #run(job: string, request: ExportRequest): Promise<ExportProgress> {
    const temporary = `${request.path}.${job.slice(0, 8)}.tmp`;
    let last: ExportProgress = { job, path: request.path, state: 'running', doneBytes: 0, totalBytes: 0, events: 0, notes: [] };
    const tell = (change: Partial<ExportProgress>) => {
      last = { ...last, ...change };
      this.#report(last);
    };
    try {
      const { path: _path, overwrite: _overwrite, ...choices } = request;
      const task: ExportTask = { ...choices, target: temporary };
      const done = await this.#work(job, task, tell);
      if (done === 'cancelled') tell({ state: 'cancelled' });
      else {
        await putInPlace(temporary, request.path, request.overwrite);
        tell({ state: 'done', events: done.events, notes: done.notes, doneBytes: done.totalBytes, totalBytes: done.totalBytes });
      }
    } catch (error) {
      const problem =
        error instanceof ProblemError
          ? { code: error.code, message: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) }
          : { code: 'export-failed', message: `The export failed: ${(error as Error).message}`, remedy: 'Nothing was written over. Try another folder.' };
      tell({ state: 'failed', problem });
    } finally {
      await rm(temporary, { force: true });
    }
    return last;
  }

  #work(job: string, task: ExportTask, tell: (change: Partial<ExportProgress>) => void): Promise<(ExportMessage & { kind: 'done' }) | 'cancelled'> {
    const worker = new Worker(this.#workerFile, { workerData: task });
    const running: Job = { worker, cancelled: false };
    this.#jobs.set(job, running);
    return new Promise<(ExportMessage & { kind: 'done' }) | 'cancelled'>((resolve, reject) => {
      worker.on('message', (message: ExportMessage) => {
        if (message.kind === 'progress') tell({ doneBytes: message.doneBytes, totalBytes: message.totalBytes, events: message.events });
        else if (message.kind === 'done') resolve(message);
        else if (message.kind === 'failed') reject(new ProblemError(message.problem));
      });
      worker.on('error', reject);
      worker.on('exit', () => (running.cancelled ? resolve('cancelled') : reject(new Error('its worker ended early'))));
    }).finally(() => {
      this.#jobs.delete(job);
      return worker.terminate();
    });
  }
}

/** A small file, whole or not at all. */
export async function putFile(target: string, bytes: Uint8Array, overwrite: boolean): Promise<void> {
  const temporary = `${target}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx', flush: true });
    await putInPlace(temporary, target, overwrite);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError({ code: 'export-failed', message: `${target} could not be written: ${(error as Error).message}`, remedy: 'Try another folder.' });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Without `overwrite` a file that appeared in the meantime is left alone: a link, unlike a rename, refuses to replace. */
async function putInPlace(temporary: string, target: string, overwrite: boolean): Promise<void> {
  if (overwrite) return rename(temporary, target);
  try {
    await link(temporary, target);
    await rm(temporary);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw existsProblem(target);
    // File systems without links (FAT, some network shares).
    await rename(temporary, target);
  }
}

export const existsProblem = (target: string): ProblemError =>
  new ProblemError({ code: 'file-exists', message: `There is already a file ${target}.`, remedy: 'Choose another name, or confirm that it is replaced.' });
