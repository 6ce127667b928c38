/** Native dialogs, in the words of the services' questions. */

import path from 'node:path';
import { type BrowserWindow, dialog, type FileFilter } from 'electron';
import { TRACE_EXTENSIONS } from '../../core/protocol/export-formats.ts';
import type { FilePurpose } from '../../core/protocol/studio-api.ts';
import type { HostPort } from '../services/host-port.ts';

const ALL_FILES: FileFilter = { name: 'All files', extensions: ['*'] };
const FILTERS: Record<FilePurpose, readonly FileFilter[]> = {
  script: [{ name: 'Scripts', extensions: ['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx'] }, ALL_FILES],
  trace: [{ name: 'Recordings and traces', extensions: [...TRACE_EXTENSIONS] }, ALL_FILES],
  // A Node binary has no extension but on Windows.
  node: [],
  folder: [],
  plugin: [{ name: 'Plugins', extensions: ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'] }],
};

export async function pickOpen(window: BrowserWindow, { purpose, title, folder }: Parameters<HostPort['pickOpen']>[0]): Promise<string | undefined> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title,
    properties: [purpose === 'folder' ? 'openDirectory' : 'openFile'],
    filters: [...FILTERS[purpose]],
    ...(folder !== undefined && { defaultPath: folder }),
  });
  return canceled ? undefined : filePaths[0];
}

export async function pickSave(
  window: BrowserWindow,
  { title, suggestedName, extension, folder }: Parameters<HostPort['pickSave']>[0],
): Promise<string | undefined> {
  // The system's filter knows one extension: of `json.gz` the last.
  const lastExtension = extension.replace(/^.*\./, '');
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title,
    defaultPath: folder === undefined ? suggestedName : path.join(folder, suggestedName),
    filters: [{ name: `.${extension.replace(/^\./, '')}`, extensions: [lastExtension] }],
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  return canceled || filePath === '' ? undefined : filePath;
}

export type CloseChoice = Parameters<HostPort['close']>[0];
const CLOSE_CHOICES: readonly { readonly choice: CloseChoice; readonly label: string }[] = [
  { choice: 'stop-and-close', label: 'Stop and Close' },
  { choice: 'keep-recording', label: 'Keep Recording' },
  { choice: 'cancel', label: 'Cancel' },
];

/** The closing question where the window itself cannot ask it. */
export async function askNatively(window: BrowserWindow, running: number): Promise<CloseChoice> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: running === 1 ? 'A run is still being recorded.' : `${running} runs are still being recorded.`,
    detail: 'Stop ends the script. Keep Recording closes the window and goes on until the script ends.',
    buttons: CLOSE_CHOICES.map(({ label }) => label),
    defaultId: 2,
    cancelId: 2,
  });
  return CLOSE_CHOICES[response]?.choice ?? 'cancel';
}

/** After a second crash in a row. True: load the window again. */
export async function askToReload(window: BrowserWindow, reason: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window stopped working again.',
    detail: `Reason: ${reason}. Runs and their recordings are not affected.`,
    buttons: ['Reload', 'Close Window'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}
