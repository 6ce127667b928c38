/** Every text of a control that is the same wherever the control is. */

export const words = {
  menu: 'Menu',
  choices: 'Choices',
  close: 'Close',
  closeMessage: 'Close message',
  messages: 'Messages',
  clearFilter: 'Clear the filter',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Could not copy',
  notCopiedText: 'The browser did not allow it.',
  noClipboard: 'The clipboard is not open to this page',
  noClipboardText: 'Select the lines and copy them by hand.',
  modules: 'How the script loads modules',
  withImport: 'With import',
  withRequire: 'With require',
} as const;
