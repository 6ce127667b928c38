/** The native menu. A click sends its command to the window it was made in; what a command does is the window's business. */
import type { MenuItemConstructorOptions } from 'electron';
import type { StudioCommand } from '../../core/protocol/studio-api.ts';

/** Complete by the compiler: a command without words here does not compile. */
const COMMANDS: Record<StudioCommand, { readonly label: string; readonly accelerator?: string }> = {
  'new-window': { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N' },
  open: { label: 'Open Recording…', accelerator: 'CmdOrCtrl+O' },
  save: { label: 'Save', accelerator: 'CmdOrCtrl+S' },
  'save-as': { label: 'Save As…', accelerator: 'CmdOrCtrl+Shift+S' },
  export: { label: 'Export…' },
  close: { label: 'Close Recording', accelerator: 'CmdOrCtrl+W' },
  run: { label: 'Run', accelerator: 'F5' },
  stop: { label: 'Stop', accelerator: 'Shift+F5' },
  restart: { label: 'Restart', accelerator: 'CmdOrCtrl+Shift+F5' },
  record: { label: 'Recording On or Off', accelerator: 'CmdOrCtrl+E' },
  // Their keys are single letters, which are the window's: a field that is typed into needs them.
  snapshot: { label: 'Snapshot All Objects Now' },
  mark: { label: 'Mark This Moment' },
  'save-last': { label: 'Save the Newest' },
  sampling: { label: 'Sampling On or Off' },
  'cpu-profile': { label: 'CPU Profile, 5 s…' },
  'heap-snapshot': { label: 'Heap Snapshot…' },
  attach: { label: 'Attach…' },
  plugins: { label: 'Plugins' },
  settings: { label: 'Settings…', accelerator: 'CmdOrCtrl+,' },
  help: { label: 'Keyboard Shortcuts' },
};

export interface MenuSurroundings {
  readonly platform: NodeJS.Platform;
  /** Developer tools are for those who work on the studio. */
  readonly packaged: boolean;
  readonly onCommand: (command: StudioCommand) => void;
}

/** Items that stand for a command have it as their id. */
export function menuTemplate({ platform, packaged, onCommand }: MenuSurroundings): MenuItemConstructorOptions[] {
  const item = (command: StudioCommand): MenuItemConstructorOptions => ({ id: command, ...COMMANDS[command], click: () => onCommand(command) });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const isMac = platform === 'darwin';
  const ownMenu: MenuItemConstructorOptions[] = [
    { role: 'about' },
    line,
    item('settings'),
    line,
    { role: 'hide' },
    { role: 'hideOthers' },
    line,
    { role: 'quit' },
  ];
  return [
    ...(isMac ? [{ role: 'appMenu', submenu: ownMenu } as const] : []),
    {
      label: 'File',
      submenu: [
        item('new-window'),
        line,
        item('open'),
        item('save'),
        item('save-as'),
        item('export'),
        line,
        item('close'),
        ...(isMac ? [] : [line, item('settings'), line, { role: 'quit' } as const]),
      ],
    },
    { role: 'editMenu' },
    {
      label: 'Run',
      submenu: [
        item('run'),
        item('stop'),
        item('restart'),
        line,
        item('record'),
        item('snapshot'),
        item('mark'),
        item('save-last'),
        line,
        item('sampling'),
        item('cpu-profile'),
        item('heap-snapshot'),
        line,
        item('attach'),
        line,
        item('plugins'),
      ],
    },
    {
      label: 'View',
      submenu: [
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        line,
        { role: 'togglefullscreen' },
        ...(packaged ? [] : [line, { role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [item('help')] },
  ];
}
