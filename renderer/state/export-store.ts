/** Exports under way and done, by job. */
import { create } from 'zustand';
import type { ExportProgress, StudioClient } from '../../core/protocol/studio-api.ts';

const store = create<{ readonly jobs: Readonly<Record<string, ExportProgress>> }>(() => ({ jobs: {} }));

export function connectExports(studio: StudioClient): () => void {
  return studio.on('export.progress', (progress) => store.setState((state) => ({ jobs: { ...state.jobs, [progress.job]: progress } })));
}

export const useExportJob = (job: string | undefined): ExportProgress | undefined => store((state) => (job === undefined ? undefined : state.jobs[job]));
