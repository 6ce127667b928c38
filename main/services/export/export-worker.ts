/** A worker thread that writes one export and ends. See export-messages.ts. */
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { ProblemError } from '../../../core/base/result.ts';
import { convertRecording } from './convert-recording.ts';
import type { ExportMessage, ExportTask } from './export-messages.ts';
import { previewConversion } from './preview-conversion.ts';

const tell = (message: ExportMessage): void => parentPort?.postMessage(message);

async function work({ target, ...choices }: ExportTask): Promise<void> {
  const reportPage = path.join(__dirname, '../report/report.html');
  try {
    if (target === undefined) {
      tell({ kind: 'preview', preview: await previewConversion({ ...choices, reportPage }) });
      return;
    }
    const done = await convertRecording({
      ...choices,
      target,
      reportPage,
      onProgress: (progress) => tell({ kind: 'progress', ...progress }),
    });
    tell({ kind: 'done', ...done });
  } catch (error) {
    tell({ kind: 'failed', problem: describe(error as NodeJS.ErrnoException, target ?? choices.source) });
  }
}

function describe(error: NodeJS.ErrnoException, target: string) {
  if (error instanceof ProblemError) return { code: error.code, message: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) };
  if (error.code === 'ENOSPC')
    return {
      code: 'disk-full',
      message: 'The disk is full; the export was given up and nothing was written over.',
      remedy: 'Make room, or export to another disk.',
    };
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS') {
    return { code: 'not-writable', message: `The folder of ${target} may not be written to.`, remedy: 'Export to another folder.' };
  }
  return { code: 'export-failed', message: `The export failed: ${error.message}`, remedy: 'Nothing was written over. Try again, or another folder.' };
}

void work(workerData as ExportTask);
