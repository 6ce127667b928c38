/** What passes between an export job and its worker thread. */
import type { Problem } from '../../../core/base/result.ts';
import type { ExportPreview } from '../../../core/protocol/studio-api.ts';
import type { Conversion } from './conversion.ts';

/** What a user may choose of an export. */
export type ExportChoices = Pick<Conversion, 'source' | 'format' | 'view' | 'live' | 'fromNs' | 'toNs' | 'thread' | 'table' | 'without'>;

/** The worker's workerData. `target`: a file that does not exist yet; undefined: only a preview is asked for. */
export interface ExportTask extends ExportChoices {
  readonly target?: string;
}

export type ExportMessage =
  | { readonly kind: 'progress'; readonly doneBytes: number; readonly totalBytes: number; readonly events: number }
  | { readonly kind: 'done'; readonly events: number; readonly totalBytes: number; readonly notes: readonly string[] }
  | { readonly kind: 'preview'; readonly preview: ExportPreview }
  | { readonly kind: 'failed'; readonly problem: Problem };
