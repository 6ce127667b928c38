/** Everything that would show something outside the window: recorded, and answered from what the test prepared. */
import { notImplemented } from '../shared/not-implemented.ts';

export interface DialogAnswers {
  open: { canceled: boolean; filePaths: string[] };
  save: { canceled: boolean; filePath: string };
  message: { response: number; checkboxChecked: boolean };
}

/** A call that reached the outside: `what` is `dialog.showOpenDialog`, `shell.openExternal` and so on. */
export interface OutsideCall {
  readonly what: string;
  readonly argument: unknown;
}

export const outsideCalls: OutsideCall[] = [];
export const preparedAnswers: { [K in keyof DialogAnswers]: DialogAnswers[K][] } = { open: [], save: [], message: [] };

const note = (what: string, argument: unknown): void => void outsideCalls.push({ what, argument });

// The first argument may be a window; the options are always the last. A dialog that no test prepared is cancelled.
export const dialog = notImplemented('dialog', {
  async showOpenDialog(...args: unknown[]) {
    note('dialog.showOpenDialog', args.at(-1));
    return preparedAnswers.open.shift() ?? { canceled: true, filePaths: [] };
  },
  async showSaveDialog(...args: unknown[]) {
    note('dialog.showSaveDialog', args.at(-1));
    return preparedAnswers.save.shift() ?? { canceled: true, filePath: '' };
  },
  async showMessageBox(...args: unknown[]) {
    note('dialog.showMessageBox', args.at(-1));
    return preparedAnswers.message.shift() ?? { response: 0, checkboxChecked: false };
  },
  showErrorBox(title: string, content: string) {
    note('dialog.showErrorBox', { title, content });
  },
});

export const shell = notImplemented('shell', {
  async openExternal(url: string) {
    note('shell.openExternal', url);
  },
  showItemInFolder(path: string) {
    note('shell.showItemInFolder', path);
  },
});
