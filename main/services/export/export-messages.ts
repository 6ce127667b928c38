/** What passes between an export job and its worker thread. */
import type { Problem } from '../../../core/base/result.ts';
import type { ExportFormat, TraceView } from '../../../core/protocol/studio-api.ts';

/** The worker's workerData. `target` is a file that does not exist yet. */
export interface ExportTask {
  readonly source: string;
  readonly target: string;
  readonly format: ExportFormat;
  readonly view: TraceView;
  /** The source is still recorded. */
  readonly live: boolean;
}

export type ExportMessage =
  | { readonly kind: 'progress'; readonly doneBytes: number; readonly totalBytes: number; readonly events: number }
  | { readonly kind: 'done'; readonly events: number; readonly totalBytes: number; readonly notes: readonly string[] }
  | { readonly kind: 'failed'; readonly problem: Problem };
