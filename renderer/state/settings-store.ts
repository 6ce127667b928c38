/** The user's settings. They live at the host; a change is shown at once and written behind. */
import { create } from 'zustand';
import { DEFAULT_SETTINGS, type Settings, type StudioClient } from '../../core/protocol/studio-api.ts';

const store = create<{ readonly settings: Settings; readonly loaded: boolean }>(() => ({ settings: DEFAULT_SETTINGS, loaded: false }));
let client: StudioClient | undefined;

export async function connectSettings(studio: StudioClient): Promise<void> {
  client = studio;
  try {
    store.setState({ settings: { ...DEFAULT_SETTINGS, ...(await studio.request('settings.get', null)) }, loaded: true });
  } catch {
    // The defaults hold; a lost connection has its own banner.
    store.setState({ loaded: true });
  }
}

export function changeSettings(change: Partial<Settings>): void {
  store.setState((state) => ({ settings: { ...state.settings, ...change } }));
  // Not written: the choice holds for this window, and the next one asks the host again.
  client?.request('settings.set', change).catch(() => {});
}

export const useSettings = (): Settings => store((state) => state.settings);
/** False until the host's answer is there: sizes of panels are read once, at their first drawing. */
export const useSettingsLoaded = (): boolean => store((state) => state.loaded);
export const settingsState = () => store.getState().settings;
export const subscribeSettings = (listener: () => void): (() => void) => store.subscribe(listener);

/** Hands the memory that was chosen for traces to those who keep it. */
export function applyTraceMemory(setDetailBytes: (bytes: number | undefined) => void): () => void {
  const apply = () => {
    const { traceMemory } = store.getState().settings;
    setDetailBytes(traceMemory === 0 ? undefined : traceMemory * 2 ** 20);
  };
  apply();
  return store.subscribe(apply);
}

/** Follows the setting and the system, and sets `data-theme` and `data-density` on the document. */
export function applyTheme(): () => void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { theme, density } = store.getState().settings;
    const root = document.documentElement;
    root.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    root.dataset.density = density;
  };
  apply();
  dark.addEventListener('change', apply);
  const off = store.subscribe(apply);
  return () => {
    off();
    dark.removeEventListener('change', apply);
  };
}
