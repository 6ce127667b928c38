/** What is open in the window around the data: dialogs, drawer, sidebar. */
import { create } from 'zustand';
import type { RecordingNote as Note } from '../../core/protocol/notes.ts';
import type { RecentItem } from '../../core/protocol/studio-api.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';

export type OpenDialog =
  /** `page`: the section that is asked about. */
  | { readonly kind: 'run-config'; readonly page?: 'plugins' | 'environment' | 'capture' }
  | { readonly kind: 'export'; readonly trace: TraceId }
  | { readonly kind: 'upload'; readonly trace: TraceId; readonly purpose: 'save' | 'export' }
  | { readonly kind: 'discard'; readonly item: RecentItem }
  | { readonly kind: 'close-running'; readonly trace: TraceId }
  | { readonly kind: 'close-unsaved'; readonly trace: TraceId }
  | { readonly kind: 'close-window'; readonly running: number }
  | { readonly kind: 'attach' }
  | { readonly kind: 'settings'; readonly page?: 'editor' }
  | { readonly kind: 'shortcuts' }
  /** Commands by name, or tracks of the trace in sight. */
  | { readonly kind: 'palette'; readonly of: 'commands' | 'tracks' }
  /** Its text is asked for. */
  | { readonly kind: 'note'; readonly trace: TraceId; readonly note: Note }
  | { readonly kind: 'layouts' }
  | { readonly kind: 'manual' }
  | { readonly kind: 'notifications' }
  | { readonly kind: 'about' };

/** What fills the window below its title: the trace or the start page, or the plugin manager over either. */
export type Screen = 'main' | 'plugins';

interface WindowState {
  readonly screen: Screen;
  readonly dialog: OpenDialog | undefined;
  readonly drawerOpen: boolean;
  readonly sidebarOpen: boolean;
  readonly inspectorOpen: boolean;
}

const store = create<WindowState>(() => ({
  screen: 'main',
  dialog: undefined,
  drawerOpen: true,
  sidebarOpen: true,
  inspectorOpen: true,
}));

export const showDialog = (dialog: OpenDialog | undefined): void => store.setState({ dialog });
export const setWindow = (change: Partial<Omit<WindowState, 'dialog'>>): void => store.setState(change);
export const windowState = () => store.getState();
export const useWindow = <T>(pick: (state: WindowState) => T): T => store(pick);
