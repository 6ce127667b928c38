/** What the shell can do with the arrangement of panels now, for menus and the command palette. The dock registers itself here. */
import { create } from 'zustand';

export interface LayoutControl {
  openPanel(id: string): void;
  closePanel(id: string): void;
  /** Back to the arrangement that the product comes with. */
  reset(): void;
  /** A change that is under way is one of those that can be undone from now on. */
  settle(): void;
  /** The arrangement as text. */
  text(): string;
  /** False: the text is no arrangement. */
  apply(text: string): boolean;
  /** One panel fills the place of all, or no longer does. */
  toggleMaximised(id?: string): void;
}

export interface LayoutState {
  readonly control: LayoutControl | undefined;
  /** Ids of the panels that are part of the arrangement. */
  readonly open: readonly string[];
}

const store = create<LayoutState>(() => ({ control: undefined, open: [] }));

export const setLayout = (change: Partial<LayoutState>): void => store.setState(change);
export const layoutState = () => store.getState();
export const useLayout = <T>(pick: (state: LayoutState) => T): T => store(pick);
