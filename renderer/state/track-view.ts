/**
 * How the tracks of a timeline are arranged: pinned, hidden, folded, put in order, filtered by name. Tracks are known by a key made of
 * names, so that an arrangement holds for the next run of the same script, and after a reload. It belongs to the window's user, not
 * to a recording.
 */
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { changeSettings, settingsState, subscribeSettings } from './settings-store.ts';

export interface TrackView {
  /** In the order in which they lie at the top. */
  readonly pinned: readonly string[];
  readonly hidden: readonly string[];
  /** True: folded by the user; false: unfolded by the user. Else as the track's kind has it. */
  readonly folded: Readonly<Record<string, boolean>>;
  /** Keys of tracks that were moved, in the order in which they are to lie among those of their group. */
  readonly order: readonly string[];
}

/** Arrangements are kept for this many tracks; the oldest are forgotten. */
const MOST = 1000;
const MOST_TEXT = 200_000;
const NOTHING: TrackView = { pinned: [], hidden: [], folded: {}, order: [] };

const store = create<{ readonly view: TrackView; readonly filter: string }>(() => ({ view: read(settingsState().tracks), filter: '' }));

// The host's answer comes after the first drawing. Afterwards this window's own choices hold.
let kept = settingsState().tracks;
const stop = subscribeSettings(() => {
  const { tracks } = settingsState();
  if (tracks === kept) return;
  kept = tracks;
  store.setState({ view: read(tracks) });
  stop();
});

function read(text: string): TrackView {
  if (text === '') return NOTHING;
  try {
    return trackViewOf(JSON.parse(text));
  } catch {
    // No JSON: as if nothing had been arranged.
    return NOTHING;
  }
}

/** What of a kept value is an arrangement. */
export function trackViewOf(value: unknown): TrackView {
  if (typeof value !== 'object' || value === null) return NOTHING;
  const given = value as Record<string, unknown>;
  const keys = (list: unknown): readonly string[] => (Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string').slice(-MOST) : []);
  const folded = typeof given.folded === 'object' && given.folded !== null ? Object.entries(given.folded) : [];
  return {
    pinned: keys(given.pinned),
    hidden: keys(given.hidden),
    folded: Object.fromEntries(folded.filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean').slice(-MOST)),
    order: keys(given.order),
  };
}

function change(update: (view: TrackView) => Partial<TrackView>): void {
  store.setState(({ view }) => ({ view: { ...view, ...update(view) } }));
  stop();
  kept = JSON.stringify(store.getState().view);
  // Too long for the host's file: it holds for this window.
  if (kept.length < MOST_TEXT) changeSettings({ tracks: kept });
}

const without = (keys: readonly string[], key: string): readonly string[] => keys.filter((each) => each !== key);

export function pinTrack(key: string, pinned: boolean): void {
  change((view) => ({ pinned: pinned ? [...without(view.pinned, key), key].slice(-MOST) : without(view.pinned, key) }));
}

export function togglePin(key: string): void {
  pinTrack(key, !store.getState().view.pinned.includes(key));
}

export function hideTrack(key: string, hidden: boolean): void {
  change((view) => ({ hidden: hidden ? [...without(view.hidden, key), key].slice(-MOST) : without(view.hidden, key) }));
}

export function showAllTracks(): void {
  change(() => ({ hidden: [] }));
}

export function foldTrack(key: string, folded: boolean): void {
  change((view) => ({ folded: Object.fromEntries([...Object.entries(view.folded).filter(([each]) => each !== key), [key, folded] as const].slice(-MOST)) }));
}

/** The order in which tracks of one group are to lie. Others keep theirs. */
export function orderTracks(keys: readonly string[]): void {
  change((view) => {
    const moved = new Set(keys);
    return { order: [...view.order.filter((key) => !moved.has(key)), ...keys].slice(-MOST) };
  });
}

/** Order of pinned tracks, from the top. */
export function orderPinned(keys: readonly string[]): void {
  change(() => ({ pinned: keys }));
}

/** Only tracks whose names hold this are shown. */
export function filterTracks(text: string): void {
  store.setState({ filter: text });
}

export const trackView = (): TrackView => store.getState().view;
export const trackFilter = (): string => store.getState().filter;
export const subscribeTrackView = store.subscribe;
export const useTrackView = (): TrackView => store((state) => state.view);
export const useTrackFilter = (): string => store((state) => state.filter);
export const useTrackChoice = <T>(pick: (view: TrackView, filter: string) => T): T => store(useShallow((state) => pick(state.view, state.filter)));

/** For tests: forget everything. */
export function resetTrackView(): void {
  store.setState({ view: NOTHING, filter: '' });
}
