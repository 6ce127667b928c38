/** At which step of the tour the window is. */
import { create } from 'zustand';

const store = create<{ readonly at: number | undefined }>(() => ({ at: undefined }));

/** Undefined: none is under way. */
export const useTour = (): number | undefined => store((state) => state.at);
export const beginTour = (): void => store.setState({ at: 0 });
export const goInTour = (at: number): void => store.setState({ at });
export const endTour = (): void => store.setState({ at: undefined });
