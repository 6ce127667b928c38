/** Places in source files: which there are, and the way to them in the editor that was chosen. */
import type { StudioClient } from '../../core/protocol/studio-api.ts';
import type { NameInfo } from '../trace/trace-worker-api.ts';
import { settingsState } from './settings-store.ts';
import { showDialog } from './window-store.ts';

/** Places that no file of a disk has: Node's own, native code. */
export const hasSource = ({ file, line }: Pick<NameInfo, 'file' | 'line'>): boolean => file !== '' && line > 0 && !file.startsWith('node:');

/** Asks for an editor where none is chosen yet. Rejects with what is in the way. */
export async function openInEditor(studio: StudioClient, recording: string, { file, line, column }: Pick<NameInfo, 'file' | 'line' | 'column'>): Promise<void> {
  if (settingsState().editor.trim() === '') showDialog({ kind: 'settings', page: 'editor' });
  else await studio.request('source.open', { recording, file, line, column });
}
