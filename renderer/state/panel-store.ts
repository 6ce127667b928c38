/**
 * Asking for a panel. Features do not know the shell, so they say which panel they want seen; the shell, which knows the
 * layout, brings it into sight (and opens it where it is closed).
 */
import { create } from 'zustand';

/** A new object each time, so that asking twice works. */
interface PanelRequest {
  readonly ids: readonly string[];
}

const store = create<{ readonly asked: PanelRequest | undefined; readonly shown: ReadonlySet<string> }>(() => ({ asked: undefined, shown: new Set() }));

/** Opens the panels, or brings them to the front. Their ids are those of `app/panels.ts`. */
export function showPanel(...ids: readonly string[]): void {
  store.setState({ asked: { ids } });
}

/** The shell has done what was asked: panels that are laid out anew later, for a small window say, do not do it again. */
export function panelWasShown(): void {
  store.setState({ asked: undefined });
}

/** The shell tells which panels can be seen now: those in front of their group. */
export function notePanels(shown: readonly string[]): void {
  const before = store.getState().shown;
  if (before.size === shown.length && shown.every((id) => before.has(id))) return;
  store.setState({ shown: new Set(shown) });
}

export const usePanelRequest = (): PanelRequest | undefined => store((state) => state.asked);
export const useIsPanelShown = (id: string): boolean => store((state) => state.shown.has(id));
export const isPanelShown = (id: string): boolean => store.getState().shown.has(id);

/** For tests: forget everything. */
export function resetPanels(): void {
  store.setState({ asked: undefined, shown: new Set() });
}
