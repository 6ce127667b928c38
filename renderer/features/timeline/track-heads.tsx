/** The heads at the left of the tracks. Of ten thousand only those in sight are there. */
import { Box, ChevronDown, ChevronRight, Clock, Ellipsis } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, memo, useRef, useState } from 'react';
import { clipText, formatCount, formatValue } from '../../drawing/format.ts';
import { selectTrack } from '../../state/selection.ts';
import { foldTrack, hideTrack } from '../../state/track-view.ts';
import { selectObject, useView } from '../../state/view-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Icon, IconButton, isMenuKey, Menu, type MenuPoint } from '../../widgets/index.ts';
import { isPlacedLane, type Placed, type PlacedGroup, type PlacedLane } from './lane-layout.ts';
import type { LaneGroup } from './lanes.ts';
import { counterEntries } from './plot-menu.ts';
import { laneEntries, moveLane } from './track-menu.ts';
import { words } from './words.ts';

/** What changes while a trace is live, by key of the lane: told calmly, so that digits can be read. */
export type HeadFacts = ReadonlyMap<string, { readonly busy?: number; readonly open?: number; readonly now?: string }>;

interface HeadsProps {
  readonly trace: TraceId;
  readonly placed: readonly Placed[];
  readonly isPinned: boolean;
  readonly groups: readonly LaneGroup[];
  readonly facts: HeadFacts;
  readonly coloursOf: (lane: PlacedLane) => readonly string[];
}

export const TrackHeads = memo(function TrackHeads({ trace, placed, isPinned, groups, facts, coloursOf }: HeadsProps) {
  return placed.map((one) =>
    isPlacedLane(one) ? (
      <LaneHead
        key={one.lane.key}
        trace={trace}
        placed={one}
        isPinned={isPinned}
        groups={groups}
        fact={facts.get(one.lane.key)}
        colour={one.lane.kind === 'counter' ? coloursOf(one)[0] : undefined}
      />
    ) : (
      <GroupHead key={one.group.key} placed={one} />
    ),
  );
});

function GroupHead({ placed }: { readonly placed: PlacedGroup }) {
  const { group, isFolded, top, height } = placed;
  return (
    <div className="tl-head tl-head-group" style={{ top, height }}>
      <button
        type="button"
        className="tl-head-name"
        aria-expanded={!isFolded}
        onClick={() => foldTrack(group.key, !isFolded)}
        onKeyDown={moveFocus}
        title={clipText(group.title)}
      >
        <Icon of={isFolded ? ChevronRight : ChevronDown} size="xs" />
        <bdi className="ellipsis">{clipText(group.title)}</bdi>
      </button>
      <span className="tl-head-meta tl-head-value">{isFolded ? placed.count : group.meta}</span>
    </div>
  );
}

const isWithin = ({ currentTarget, target }: { readonly currentTarget: Element; readonly target: EventTarget }): boolean =>
  target instanceof Node && currentTarget.contains(target);

interface LaneHeadProps {
  readonly trace: TraceId;
  readonly placed: PlacedLane;
  readonly isPinned: boolean;
  readonly groups: readonly LaneGroup[];
  readonly fact: { readonly busy?: number; readonly open?: number; readonly now?: string } | undefined;
  readonly colour: string | undefined;
}

function LaneHead({ trace, placed, isPinned, groups, fact, colour }: LaneHeadProps) {
  const { lane, top, height, isFolded, canFold } = placed;
  const isSelected = useView(
    trace,
    (view) => (view.selection?.kind === 'track' && view.selection.track === lane.track.id) || (lane.object !== undefined && view.object === lane.object.id),
  );
  const drag = useRef<{ readonly y: number; steps: number } | undefined>(undefined);
  const [menu, setMenu] = useState<{ readonly open: boolean; readonly at?: MenuPoint }>({ open: false });
  const select = () => {
    if (lane.object) selectObject(trace, lane.object.id);
    else selectTrack(trace, lane.track.id);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) moveLane(groups, lane.key, event.key === 'ArrowUp' ? -1 : 1, isPinned);
    else if (event.key === 'ArrowLeft' && canFold) foldTrack(lane.key, true);
    else if (event.key === 'ArrowRight' && canFold) foldTrack(lane.key, false);
    else if (event.key === 'Delete') hideTrack(lane.key, true);
    else if (isMenuKey(event)) {
      const { left, bottom } = event.currentTarget.getBoundingClientRect();
      setMenu({ open: true, at: { x: left, y: bottom } });
    } else {
      moveFocus(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const name = clipText(lane.title, 200);
  const meta = metaOf(placed, fact);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a head is dragged to another place and has a menu; the keys of its button do the same.
    <div
      className={`tl-head ${isSelected ? 'tl-head-selected' : ''} tl-head-${lane.kind}`}
      style={{ top, height, '--tl-top': `${top}px`, '--tl-height': `${height}px` } as CSSProperties}
      onPointerDown={(event) => {
        // What is pressed in its menu comes here too, from elsewhere in the page.
        if (event.button !== 0 || !isWithin(event) || (event.target instanceof Element && event.target.closest('.tl-head-tools'))) return;
        drag.current = { y: event.clientY, steps: 0 };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!drag.current) return;
        // Half of a head of ordinary height to the next place.
        const steps = Math.trunc((event.clientY - drag.current.y) / 30);
        if (steps === drag.current.steps) return;
        moveLane(groups, lane.key, steps - drag.current.steps, isPinned);
        drag.current.steps = steps;
      }}
      onPointerUp={() => {
        if (!drag.current) return;
        const moved = drag.current.steps !== 0;
        drag.current = undefined;
        if (!moved) select();
      }}
      onPointerCancel={() => {
        drag.current = undefined;
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        if (!isWithin(event)) return;
        setMenu({ open: true, at: { x: event.clientX, y: event.clientY } });
      }}
    >
      <div className="tl-head-line">
        {canFold && (
          <IconButton
            icon={isFolded ? ChevronRight : ChevronDown}
            size="s"
            className="tl-head-fold"
            label={`${isFolded ? words.unfold : words.fold} ${name}`}
            aria-expanded={!isFolded}
            onClick={() => foldTrack(lane.key, !isFolded)}
            onPointerDown={(event) => event.stopPropagation()}
          />
        )}
        {colour !== undefined && <span className="swatch" style={{ background: colour }} />}
        {lane.kind === 'object' && <Icon of={Box} size="xs" />}
        {lane.kind === 'instants' && <Icon of={Clock} size="xs" />}
        <button type="button" className="tl-head-name" onClick={select} onKeyDown={onKeyDown} title={name}>
          <bdi className="ellipsis">{name}</bdi>
        </button>
        {height < 36 && meta !== '' && <span className="tl-head-meta tl-head-value">{meta}</span>}
        <span className="tl-head-tools">
          <Menu
            align="start"
            open={menu.open}
            onOpen={(open) => setMenu({ open })}
            at={menu.at}
            trigger={<IconButton icon={Ellipsis} size="s" label={words.arrange(name)} onPointerDown={(event) => event.stopPropagation()} />}
            entries={[...counterEntries(trace, lane), ...laneEntries(placed, groups, isPinned)]}
          />
        </span>
      </div>
      {height >= 36 && <div className={`tl-head-meta ${lane.kind === 'counter' ? 'tl-head-now' : ''}`}>{meta}</div>}
    </div>
  );
}

function metaOf({ lane }: PlacedLane, fact: LaneHeadProps['fact']): string {
  switch (lane.kind) {
    case 'counter':
      return fact?.now ?? formatValue(lane.counter?.series[0]?.last);
    case 'object':
      return clipText(lane.object?.className ?? '', 60);
    case 'async':
      return [words.lanes(lane.track.rows), fact?.open ? words.pending(fact.open) : ''].filter((part) => part !== '').join(', ');
    case 'instants':
      return formatCount(lane.track.items);
    default: {
      const busy = fact?.busy === undefined ? '' : fact.busy < 0.0005 ? words.idle : words.busy(fact.busy * 100);
      return [busy, lane.track.isSampled ? words.sampled : ''].filter((part) => part !== '').join(', ');
    }
  }
}

/** Up and down go from head to head. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  const heads = [...(event.currentTarget.closest('.tl-heads')?.querySelectorAll<HTMLElement>('.tl-head-name') ?? [])];
  const next = heads[heads.indexOf(event.currentTarget) + (event.key === 'ArrowUp' ? -1 : 1)];
  if (!next) return;
  next.focus();
  event.preventDefault();
  event.stopPropagation();
}
