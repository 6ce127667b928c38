/** What can be done with a track, as entries of a menu: its head has them, and the plot beside it. */
import { ChevronDown, ChevronRight, Copy, Eye, EyeOff, Pin, PinOff } from 'lucide-react';
import { foldTrack, hideTrack, orderPinned, orderTracks, pinTrack, showAllTracks, trackView } from '../../state/track-view.ts';
import { copyText, type MenuEntry } from '../../widgets/index.ts';
import type { PlacedLane } from './lane-layout.ts';
import { isGroup, type LaneGroup } from './lanes.ts';
import { words } from './words.ts';

/** Sisters of a lane in the order of the screen: what it can change places with. */
function sisters(groups: readonly LaneGroup[], key: string): readonly string[] {
  const find = (items: LaneGroup['items']): readonly string[] | undefined => {
    if (items.some((item) => item.key === key)) return items.map((item) => item.key);
    for (const item of items) {
      const found = isGroup(item) ? find(item.items) : undefined;
      if (found) return found;
    }
    return undefined;
  };
  return find(groups) ?? [];
}

/** Puts a lane before or behind a neighbour; pinned ones change places among themselves. */
export function moveLane(groups: readonly LaneGroup[], key: string, by: number, isPinned: boolean): void {
  const view = trackView();
  const rank = new Map(view.order.map((each, index) => [each, index] as const));
  const keys = isPinned ? view.pinned : [...sisters(groups, key)].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  const from = keys.indexOf(key);
  const to = Math.max(0, Math.min(keys.length - 1, from + by));
  if (from < 0 || from === to) return;
  const next = keys.filter((each) => each !== key);
  next.splice(to, 0, key);
  if (isPinned) orderPinned(next);
  else orderTracks(next);
}

export function laneEntries(placed: PlacedLane, groups: readonly LaneGroup[], isPinned: boolean): readonly MenuEntry[] {
  const { lane, canFold, isFolded } = placed;
  return [
    ...(canFold
      ? [{ label: isFolded ? words.unfold : words.fold, icon: isFolded ? ChevronRight : ChevronDown, onSelect: () => foldTrack(lane.key, !isFolded) }]
      : []),
    { label: isPinned ? words.unpin : words.pin, icon: isPinned ? PinOff : Pin, onSelect: () => pinTrack(lane.key, !isPinned) },
    { label: words.hide, icon: EyeOff, onSelect: () => hideTrack(lane.key, true) },
    ...(trackView().hidden.length > 0 ? [{ label: words.menu.showHidden, icon: Eye, onSelect: showAllTracks }] : []),
    { kind: 'line' },
    { label: words.moveUp, keys: 'Alt+ArrowUp', onSelect: () => moveLane(groups, lane.key, -1, isPinned) },
    { label: words.moveDown, keys: 'Alt+ArrowDown', onSelect: () => moveLane(groups, lane.key, 1, isPinned) },
    { kind: 'line' },
    { label: words.copyName, icon: Copy, onSelect: () => copyText(lane.title, words.copied) },
  ];
}
