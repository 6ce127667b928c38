/**
 * Asking for a panel. Features do not know the shell, so they say which panel they want seen; the shell, which knows the
 * layout, brings it into sight (and opens it where it is closed).
 */
import { create } from 'zustand';

interface PanelRequest {
  readonly id: string;
  /** Grows, so that asking twice works. */
  readonly turn: number;
}

const store = create<{ readonly asked: PanelRequest | undefined; readonly shown: ReadonlySet<string> }>(() => ({ asked: undefined, shown: new Set() }));

/** Opens the panel, or brings it to the front. `id`: as in `app/panels.ts`. */
export function showPanel(id: string): void {
  store.setState(({ asked }) => ({ asked: { id, turn: (asked?.turn ?? 0) + 1 } }));
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
