import { Bell, BellDot, Monitor, Moon, Sun } from 'lucide-react';
import { usePluginActions } from '../features/plugins/index.ts';
import { isSampled, keptWords } from '../features/session/index.ts';
import { keysOf, type ShortcutId } from '../features/settings/index.ts';
import { useEdits } from '../state/edit-history.ts';
import { type LayoutState, useLayout } from '../state/layout-store.ts';
import { useLibrary } from '../state/library-store.ts';
import { showPanel } from '../state/panel-store.ts';
import { isRunning, useSession } from '../state/session-store.ts';
import { changeSettings, settingsState, useSettings } from '../state/settings-store.ts';
import { useTimelineControl } from '../state/timeline-control.ts';
import { activateTrace, useActiveTraceId, useOpenTrace, useOpenTraces } from '../state/trace-store.ts';
import { followView, togglePause, zoomView } from '../state/view-store.ts';
import { setWindow, showDialog, useWindow } from '../state/window-store.ts';
import { Badge, IconButton, Menubar, type MenubarMenu, type MenuEntry, Tooltip, useUnreadMessages } from '../widgets/index.ts';
import { Logo } from './logo.tsx';
import { PANELS } from './panels.ts';
import './title-bar.css';
import type { Actions } from './use-actions.ts';
import { perform } from './use-shortcuts.ts';
import { words } from './words.ts';

const THEMES = [
  { value: 'system', label: 'Theme of the system', icon: Monitor },
  { value: 'light', label: 'Light theme', icon: Sun },
  { value: 'dark', label: 'Dark theme', icon: Moon },
] as const;

/** Only what works stands in the menus; what has no object now is disabled. */
export function TitleBar({ actions }: { readonly actions: Actions }) {
  const active = useActiveTraceId();
  const open = useOpenTrace(active);
  const all = useOpenTraces();
  const session = useSession(active);
  const running = isRunning(session);
  const plugins = usePluginActions();
  const { theme, density, showNotes } = useSettings();
  const edits = useEdits(active);
  const timeline = useTimelineControl();
  const act = (id: ShortcutId) => void perform(id, actions);
  const web = useLibrary((all) => all.info?.host === 'web');
  const layout = useLayout((state) => state);
  const { sidebarOpen, drawerOpen, inspectorOpen } = useWindow((state) => state);
  const unread = useUnreadMessages();
  const nextTheme = theme === 'dark' ? 'light' : theme === 'light' ? 'system' : 'dark';
  const ThemeIcon = THEMES.find((each) => each.value === theme) ?? THEMES[0];

  const menus: readonly MenubarMenu[] = [
    {
      label: 'File',
      entries: [
        { label: 'New run', onSelect: actions.newRun },
        { label: 'Open trace…', keys: keysOf('open'), onSelect: actions.openTrace },
        ...(web ? [{ label: 'Open from this computer…', onSelect: actions.openFromHere }] : []),
        { kind: 'line' },
        { label: 'Save', keys: keysOf('save'), disabled: !open, onSelect: actions.save },
        { label: 'Save as…', keys: keysOf('save-as'), disabled: !open, onSelect: actions.saveAs },
        { label: 'Export…', keys: keysOf('export'), disabled: !open, onSelect: actions.exportTrace },
        { kind: 'line' },
        { label: 'Close trace', keys: keysOf('close'), disabled: !open, onSelect: () => actions.close() },
        ...(all.length > 0 ? ([{ kind: 'line' }, { kind: 'title', label: 'Open here' }] as const) : []),
        ...all.map((each): MenuEntry => ({ label: each.title, onSelect: () => showTrace(each.trace) })),
      ],
    },
    {
      label: 'Edit',
      entries: [
        { label: edits.undo === undefined ? 'Undo' : `Undo ${edits.undo}`, keys: keysOf('undo'), disabled: !edits.undo, onSelect: () => act('undo') },
        { label: edits.redo === undefined ? 'Redo' : `Redo ${edits.redo}`, keys: keysOf('redo'), disabled: !edits.redo, onSelect: () => act('redo') },
        { kind: 'line' },
        { label: 'Search slices', keys: keysOf('search'), disabled: !timeline, onSelect: () => act('search') },
        { label: 'Find a track…', keys: keysOf('find-track'), disabled: !timeline, onSelect: () => act('find-track') },
        { kind: 'line' },
        { label: 'Write a note…', keys: keysOf('note'), disabled: active === undefined, onSelect: () => act('note') },
        { kind: 'line' },
        { label: 'Settings…', keys: keysOf('settings'), onSelect: () => showDialog({ kind: 'settings' }) },
      ],
    },
    {
      label: 'View',
      entries: [
        { label: 'Start page', onSelect: actions.newRun },
        { kind: 'line' },
        { kind: 'check', label: 'Sidebar', keys: keysOf('sidebar'), checked: sidebarOpen, onSelect: (on) => setWindow({ sidebarOpen: on }) },
        { kind: 'check', label: 'Inspector', checked: inspectorOpen, onSelect: (on) => setWindow({ inspectorOpen: on }) },
        { kind: 'check', label: 'Drawer', keys: keysOf('drawer'), checked: drawerOpen, onSelect: (on) => setWindow({ drawerOpen: on }) },
        { kind: 'line' },
        ...(active === undefined ? [] : timeEntries(active, showNotes)),
        {
          kind: 'radio',
          label: 'Theme',
          value: theme,
          options: THEMES.map(({ value, label }) => ({ value, label })),
          onSelect: (value) => changeSettings({ theme: value as typeof theme }),
        },
        { kind: 'line' },
        {
          kind: 'check',
          label: 'Comfortable rows',
          checked: density === 'comfortable',
          onSelect: (on) => changeSettings({ density: on ? 'comfortable' : 'compact' }),
        },
      ],
    },
    {
      label: 'Run',
      entries: [
        { label: session ? 'Run again' : 'Run', keys: keysOf('run'), disabled: running, onSelect: actions.runAgain },
        { label: session?.attached ? 'Detach' : 'Stop', keys: keysOf('stop'), disabled: !running, onSelect: actions.stop },
        { label: 'Restart', keys: keysOf('restart'), disabled: !session || session.attached === true, onSelect: actions.restart },
        { kind: 'line' },
        running && session
          ? { kind: 'check', label: 'Recording', keys: keysOf('record'), checked: session.gate?.on !== false, onSelect: actions.record }
          : { label: 'Recording', keys: keysOf('record'), disabled: true, onSelect: actions.record },
        { label: 'Snapshot all objects now', keys: keysOf('snapshot'), disabled: !running, onSelect: actions.snapshot },
        { label: 'Mark this moment', keys: keysOf('mark'), disabled: !running, onSelect: actions.mark },
        ...(running && session?.kept ? [{ label: `Save ${keptWords(session.kept)}`, keys: keysOf('save-last'), onSelect: actions.saveLast }] : []),
        { kind: 'line' },
        { kind: 'check', label: 'Sampling', disabled: !running, checked: running && isSampled(session), onSelect: actions.toggleSampling },
        { label: 'CPU profile, 5 s…', disabled: !running, onSelect: () => actions.takeFile('cpu-profile') },
        { label: 'Heap snapshot…', disabled: !running, onSelect: () => actions.takeFile('heap-snapshot') },
        { kind: 'line' },
        { label: 'Attach…', onSelect: actions.attach },
        { label: 'Run configuration…', onSelect: actions.configure },
      ],
    },
    {
      label: 'Plugins',
      entries: [
        { label: 'Manage plugins', onSelect: actions.showPlugins },
        { kind: 'line' },
        { label: 'Add from file…', onSelect: plugins.addFromFile },
        { label: 'New plugin…', onSelect: plugins.create },
      ],
    },
    ...(active === undefined ? [] : [{ label: 'Panels', entries: panelEntries(layout) }]),
    {
      label: 'Help',
      entries: [
        { label: 'Manual', keys: keysOf('manual'), onSelect: () => showDialog({ kind: 'manual' }) },
        { label: 'Tour', onSelect: actions.tour },
        { kind: 'line' },
        { label: 'All commands…', keys: keysOf('palette'), onSelect: () => showDialog({ kind: 'palette', of: 'commands' }) },
        { label: 'Keyboard shortcuts', keys: keysOf('help'), onSelect: () => showDialog({ kind: 'shortcuts' }) },
        { label: 'Notifications', onSelect: () => showDialog({ kind: 'notifications' }) },
        { label: 'About Trace Studio', onSelect: () => showDialog({ kind: 'about' }) },
      ],
    },
  ];

  return (
    <header className="title-bar">
      <Tooltip text={words.startPage}>
        <button type="button" className="title-logo" aria-label={words.startPage} onClick={actions.newRun}>
          <Logo />
        </button>
      </Tooltip>
      <Menubar label={words.mainMenu} menus={menus} />
      {open && (
        <div className="title-text">
          <h1>{open.title}</h1>
          {open.unsaved && !running && <Badge>{words.notSaved}</Badge>}
        </div>
      )}
      <span className="grow" />
      <IconButton
        icon={unread > 0 ? BellDot : Bell}
        label={unread > 0 ? words.unread(unread) : words.notifications}
        onClick={() => showDialog({ kind: 'notifications' })}
      />
      <IconButton
        icon={ThemeIcon.icon}
        label={words.changeTheme(ThemeIcon.label, THEMES.find((each) => each.value === nextTheme)?.label.toLowerCase() ?? '')}
        onClick={() => changeSettings({ theme: nextTheme })}
      />
    </header>
  );
}

function showTrace(trace: string): void {
  setWindow({ screen: 'main' });
  activateTrace(trace);
}

function panelEntries({ control, open }: LayoutState): readonly MenuEntry[] {
  const { layouts } = settingsState();
  return [
    ...PANELS.map(
      (panel): MenuEntry => ({
        kind: 'check',
        label: panel.title,
        checked: open.includes(panel.id),
        onSelect: (on) => (on ? showPanel(panel.id) : control?.closePanel(panel.id)),
      }),
    ),
    { kind: 'line' },
    { label: 'Put back as they come', onSelect: () => control?.reset() },
    { kind: 'line' },
    ...layouts.map((layout): MenuEntry => ({ label: layout.name, onSelect: () => control?.apply(layout.text) })),
    { label: layouts.length > 0 ? 'Keep or remove arrangements…' : 'Keep this arrangement…', onSelect: () => showDialog({ kind: 'layouts' }) },
  ];
}

function timeEntries(trace: string, showNotes: boolean): readonly MenuEntry[] {
  return [
    { label: 'Pause or follow', keys: keysOf('pause'), onSelect: () => togglePause(trace) },
    { label: 'Go to the newest', keys: keysOf('newest'), onSelect: () => followView(trace) },
    { label: 'Show all', keys: keysOf('all'), onSelect: () => followView(trace, 'all') },
    { label: 'Zoom in', keys: keysOf('zoom-in'), onSelect: () => zoomView(trace, 1 / 1.5) },
    { label: 'Zoom out', keys: keysOf('zoom-out'), onSelect: () => zoomView(trace, 1.5) },
    { kind: 'check', label: 'Marks and notes', keys: keysOf('notes-shown'), checked: showNotes, onSelect: (on) => changeSettings({ showNotes: on }) },
    { kind: 'line' },
  ];
}
