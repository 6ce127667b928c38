/** The timeline: minimap, way of zooms, ruler, tracks with their heads. React arranges; the board draws. */
import { CircleAlert, Route, SearchX } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { formatValue } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { newNote, subscribeNotes } from '../../state/notes-store.ts';
import { selectSlice, zoomToSelection } from '../../state/selection.ts';
import { changeSettings } from '../../state/settings-store.ts';
import { type SliceStep, stepSlice } from '../../state/slice-steps.ts';
import { setTimelineControl } from '../../state/timeline-control.ts';
import { traceState, useTraceValue } from '../../state/trace-store.ts';
import { filterTracks, showAllTracks, togglePin, useTrackFilter, useTrackView } from '../../state/track-view.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { rememberViews } from '../../state/view-history.ts';
import { subscribePointers, useView, viewState } from '../../state/view-store.ts';
import { showDialog } from '../../state/window-store.ts';
import { ItemFlag, type TraceId } from '../../trace/trace-worker-api.ts';
import { Button, EmptyState, isMenuKey } from '../../widgets/index.ts';
import { HeadEdge, headWidthIn } from './head-edge.tsx';
import { type Hovered, HoverTip } from './hover-tip.tsx';
import { firstBelow, isPlacedLane, type Placed } from './lane-layout.ts';
import { eachLane, laneOfTrack, trackChoices } from './lanes.ts';
import { Minimap } from './minimap.tsx';
import { NoteFlags } from './note-flags.ts';
import { namedSlice, PlotMenu, type PlotMenuOf } from './plot-menu-panel.tsx';
import { RangeHandles } from './range-handles.tsx';
import { SliceVoice } from './slice-voice.tsx';
import './timeline.css';
import { TimelineBar } from './timeline-bar.tsx';
import { type BoardNews, TimelineBoard } from './timeline-board.ts';
import { bindTimelineGestures, type Draft } from './timeline-gestures.ts';
import { firstOfRow } from './timeline-hit.ts';
import { TimelineOverlay, xOf } from './timeline-overlay.ts';
import { type RegionPlace, RULER_PX, type Scene } from './timeline-picture.ts';
import { type HeadFacts, TrackHeads } from './track-heads.tsx';
import { pictureOf } from './whole-picture.ts';
import { words } from './words.ts';

const SCROLLBAR_PX = 10;
/** Heads beyond the part in sight, so that a scroll shows them at once. */
const BEYOND_PX = 240;
const FACTS_EVERY_MS = 250;

const NO_FACTS: HeadFacts = new Map();
/** While the plot has the focus: along the row, and up and down the stack. */
const PLOT_STEPS: ReadonlyMap<string, SliceStep> = new Map([
  ['ArrowLeft', 'previous'],
  ['ArrowRight', 'next'],
  ['ArrowUp', 'parent'],
  ['ArrowDown', 'child'],
]);

export function TimelinePanel({ trace }: { readonly trace: TraceId }) {
  const { traces } = useClients();
  const [news, setNews] = useState<BoardNews>();
  const board = useMemo(() => new TimelineBoard(trace, traces, setNews), [trace, traces]);
  useEffect(() => rememberViews(trace), [trace]);
  const groups = news?.groups ?? NO_GROUPS;
  useEffect(() => {
    setTimelineControl({
      focusSearch: () => document.querySelector<HTMLInputElement>('[data-timeline-search]')?.focus(),
      pinSelected: () => {
        const { selection } = viewState(trace);
        const track = selection?.kind === 'slice' ? selection.slice.track : selection?.track;
        const lane = track === undefined ? undefined : laneOfTrack(groups, track);
        if (lane) togglePin(lane.key);
        return lane !== undefined;
      },
      picture: () => pictureOf(board),
      tracks: () => trackChoices(groups),
      trackOf: (what) => {
        for (const lane of eachLane(groups)) {
          if ('object' in what ? lane.object?.id === what.object : lane.counter?.series.some(({ id }) => id === what.series)) return lane.track.id;
        }
        return undefined;
      },
    });
    return () => setTimelineControl(undefined);
  }, [trace, groups, board]);
  return (
    <section className="timeline" aria-label={words.timeline}>
      <Minimap trace={trace} groups={groups} />
      <TimelineBar trace={trace} />
      <Body key={trace} trace={trace} board={board} news={news} />
      <SliceVoice trace={trace} />
    </section>
  );
}
const NO_GROUPS: BoardNews['groups'] = [];

interface Windowed {
  readonly pinned: readonly Placed[];
  readonly main: readonly Placed[];
}
const NOTHING: Windowed = { pinned: [], main: [] };

function Body({ trace, board, news }: { readonly trace: TraceId; readonly board: TimelineBoard; readonly news: BoardNews | undefined }) {
  const { traces } = useClients();
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const mainScroller = useRef<HTMLDivElement>(null);
  const pinnedScroller = useRef<HTMLDivElement>(null);
  const mainHeads = useRef<HTMLDivElement>(null);
  const pinnedHeads = useRef<HTMLDivElement>(null);
  const overlay = useRef<TimelineOverlay>(undefined);
  const [seen, setSeen] = useState<Windowed>(NOTHING);
  const [facts, setFacts] = useState<HeadFacts>(NO_FACTS);
  const [hovered, setHovered] = useState<Hovered>();
  const [menu, setMenu] = useState<PlotMenuOf>();
  const [left, setLeft] = useState(() => headWidthIn(Number.POSITIVE_INFINITY));
  const fitHeads = useRef<(chosen?: number) => void>(() => {});
  const revealed = useView(trace, (view) => view.revealRow);
  const shownObject = useView(trace, (view) => view.revealObject);
  const hiddenTracks = useTrackView().hidden.length;
  const filter = useTrackFilter();
  // What a filter leaves is seen from its first track on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for by each change of the filter.
  useEffect(() => {
    mainScroller.current?.scrollTo({ top: 0 });
  }, [filter]);

  const redrawOverlay = useCallback(() => {
    const { scene } = board;
    if (scene) overlay.current?.update(scene, board.timeBase(startEpochOf(trace)));
  }, [board, trace]);
  const setDraft = useCallback(
    (draft: Draft | undefined) => {
      if (!overlay.current) return;
      overlay.current.draft = draft;
      redrawOverlay();
      placeHandles(host.current, board.scene, draft);
    },
    [board, redrawOverlay],
  );

  useEffect(() => {
    const element = host.current;
    const surface = canvas.current;
    if (!element || !surface) return;
    const mine = new TimelineOverlay(trace, element);
    overlay.current = mine;
    const flags = new NoteFlags(trace, element);
    const size = { width: 0, height: 0 };
    const take = (chosen?: number) => {
      const head = headWidthIn(size.width, chosen);
      setLeft(head);
      board.setSize({ width: Math.max(0, size.width - SCROLLBAR_PX), height: size.height, left: head });
    };
    fitHeads.current = take;
    const watch = new ResizeObserver(([entry]) => {
      size.width = entry?.contentRect.width ?? 0;
      size.height = entry?.contentRect.height ?? 0;
      take();
    });
    watch.observe(element);
    let factsAt = 0;
    let factsTimer: ReturnType<typeof setTimeout> | undefined;
    let shown: Windowed = NOTHING;
    board.onDrawn = (scene, places) => {
      mine.update(scene, board.timeBase(startEpochOf(trace)));
      flags.update(scene);
      placeHandles(element, scene, mine.draft);
      for (const [heads, place] of [
        [pinnedHeads.current, places[0]],
        [mainHeads.current, places[1]],
      ] as const) {
        if (!heads || !place) continue;
        heads.style.transform = `translateY(${-place.scrollTop}px)`;
        heads.style.setProperty('--tl-scroll', `${place.scrollTop}px`);
      }
      const next = { pinned: inWindow(places[0]), main: inWindow(places[1]) };
      if (!sameItems(next.pinned, shown.pinned) || !sameItems(next.main, shown.main)) {
        shown = next;
        setSeen(next);
      }
      // The last frame before a rest is told, too.
      const tellFacts = () => {
        factsTimer = undefined;
        factsAt = performance.now();
        if (board.scene) setFacts(factsOf(board.scene, board.regions()));
      };
      factsTimer ??= setTimeout(tellFacts, Math.max(0, factsAt + FACTS_EVERY_MS - performance.now()));
    };
    const offGestures = bindTimelineGestures(element, board, traces, {
      onHover: (hit, event) => {
        mine.hovered = hit;
        const scene = board.scene;
        setHovered(
          hit?.item && event && scene
            ? {
                hit,
                ns:
                  scene.range.fromNs +
                  ((event.clientX - element.getBoundingClientRect().left - scene.left) / (scene.width - scene.left)) * (scene.range.toNs - scene.range.fromNs),
                x: event.clientX,
                y: event.clientY,
              }
            : undefined,
        );
      },
      onDraft: (draft) => setDraft(draft),
      onNameRange: (fromNs, toNs) => showDialog({ kind: 'note', trace, note: newNote({ fromNs, toNs }, '') }),
      onMenu: (hit, ns, event) => {
        const at = { x: event.clientX, y: event.clientY };
        const lane = hit?.lane && { placed: hit.lane, isPinned: hit.place.region === board.regions()[0]?.region };
        const { part, item } = hit ?? {};
        if (!part || !item) {
          setMenu({ at, ns, lane });
          return;
        }
        const withinNs = ((item.view.toNs - item.view.fromNs) / item.view.columns) * 2;
        traces
          .request('timeline.hit', { trace, track: part.track.id, row: hit?.row ?? 0, atNs: ns, withinNs })
          .then((row) => {
            if (row) selectSlice(trace, row);
            return namedSlice(traces, trace, row);
          })
          .then(
            (slice) => setMenu({ at, ns, lane, slice }),
            () => {
              // The trace was closed meanwhile.
            },
          );
      },
    });
    const offPointer = subscribePointers(trace, redrawOverlay);
    const offNotes = subscribeNotes(board.invalidate);
    board.start(surface);
    return () => {
      clearTimeout(factsTimer);
      offGestures();
      offPointer();
      offNotes();
      flags.end();
      watch.disconnect();
      board.stop();
      mine.end();
      overlay.current = undefined;
    };
  }, [trace, board, traces, redrawOverlay, setDraft]);

  // A row that was asked for comes into the middle, unless it is in sight already.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once; `turn` makes asking twice work.
  useEffect(() => {
    if (!revealed) return;
    const places = board.regions();
    const y = board.yOf(places, revealed.track, revealed.row);
    const place = places[1];
    const scroller = mainScroller.current;
    if (y === undefined || !place || !scroller || !place.region.byTrack.has(revealed.track)) return;
    if (y > place.top + 12 && y < place.bottom - 12) return;
    scroller.scrollTop = place.scrollTop + y - (place.top + place.bottom) / 2;
  }, [revealed?.turn, revealed?.track, news?.layout]);

  // An object that was picked elsewhere: its track, or the head of what it is folded into.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once; `turn` makes asking twice work.
  useEffect(() => {
    const lane = shownObject && [...eachLane(news?.groups ?? NO_GROUPS)].find((each) => each.object?.id === shownObject.object);
    const scroller = mainScroller.current;
    const place = board.regions()[1];
    if (!lane || !scroller || !place) return;
    const found =
      place.region.placed.find((each) => isPlacedLane(each) && each.lane === lane) ??
      place.region.placed.findLast((each) => !isPlacedLane(each) && each.isFolded && [...eachLane(each.group.items)].includes(lane));
    if (!found) return;
    const top = found.top - place.scrollTop;
    if (top >= 0 && top + found.height <= place.bottom - place.top) return;
    scroller.scrollTop = found.top - (place.bottom - place.top - found.height) / 2;
  }, [shownObject?.turn]);

  /** The menu of what is picked, where it is drawn; else of the moment in the middle. */
  const openMenuByKey = () => {
    const { scene } = board;
    const box = host.current?.getBoundingClientRect();
    if (!scene || !box) return;
    const { selection, cursorNs } = viewState(trace);
    const picked = selection?.kind === 'slice' ? selection.slice : undefined;
    const seen = (ns: number) => Math.max(scene.range.fromNs, Math.min(scene.range.toNs, ns));
    const ns = seen(picked ? picked.startNs + picked.durationNs / 2 : (cursorNs ?? (scene.range.fromNs + scene.range.toNs) / 2));
    const track = picked?.track ?? (selection?.kind === 'track' ? selection.track : undefined);
    const places = board.regions();
    const y = track === undefined ? undefined : board.yOf(places, track, picked?.row ?? 0);
    const at = { x: box.left + xOf(scene, ns), y: box.top + Math.max(RULER_PX + 8, Math.min(scene.height - 8, y ?? scene.height / 2)) };
    const place = track === undefined ? undefined : places.find((each) => each.region.byTrack.has(track));
    const placed = track === undefined ? undefined : place?.region.byTrack.get(track);
    const lane = placed && { placed, isPinned: place === places[0] };
    namedSlice(traces, trace, picked ?? null).then(
      (slice) => setMenu({ at, ns, lane, slice }),
      () => {
        // The trace was closed meanwhile.
      },
    );
  };

  const onPlotKey = (event: React.KeyboardEvent) => {
    if (isMenuKey(event)) {
      openMenuByKey();
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const step = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey ? undefined : PLOT_STEPS.get(event.key);
    if (step) {
      stepSlice(traces, trace, step).catch(() => {
        // The trace was closed meanwhile.
      });
    } else if (event.key !== 'Enter' || !zoomToSelection(trace)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const pinnedHeight = news?.pinnedHeight ?? 0;
  const pinnedCount = news?.layout.pinned.placed.length ?? 0;
  const isEmpty = news !== undefined && news.layout.main.placed.length === 0 && pinnedCount === 0;
  return (
    <div className="tl-body" ref={host} style={{ '--tl-left': `${left}px` } as React.CSSProperties}>
      <canvas ref={canvas} className="tl-canvas" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys of the timeline. */}
      <div className="tl-focus" role="application" aria-label={words.plot} tabIndex={0} data-timeline-focus="" onKeyDown={onPlotKey} />
      <div className="tl-corner" style={{ width: left, height: RULER_PX }}>
        {pinnedCount > 0 ? words.pinned(pinnedCount) : words.noPins}
      </div>
      <HeadEdge
        width={left}
        onMove={(width) => fitHeads.current(width)}
        onSettled={(width) => {
          changeSettings({ trackHeadWidth: width });
          fitHeads.current(width);
        }}
      />
      <div
        ref={pinnedScroller}
        className="tl-scroller"
        hidden={pinnedCount === 0}
        style={{ top: RULER_PX, height: pinnedHeight }}
        onScroll={(event) => board.setScroll('pinned', event.currentTarget.scrollTop)}
      >
        <div className="tl-spacer" style={{ height: news?.layout.pinned.height ?? 0 }}>
          <div className="tl-heads-window" style={{ width: left, height: pinnedHeight }}>
            <section className="tl-heads" ref={pinnedHeads} aria-label={words.pinned(pinnedCount)}>
              <TrackHeads
                trace={trace}
                placed={seen.pinned}
                isPinned
                groups={news?.groups ?? NO_GROUPS}
                facts={facts}
                coloursOf={(lane) => board.counterColours(lane)}
              />
            </section>
          </div>
        </div>
      </div>
      <div
        ref={mainScroller}
        className="tl-scroller"
        tabIndex={-1}
        style={{ top: RULER_PX + pinnedHeight, bottom: 0 }}
        onScroll={(event) => board.setScroll('main', event.currentTarget.scrollTop)}
      >
        <div className="tl-spacer" style={{ height: news?.layout.main.height ?? 0 }}>
          <div className="tl-heads-window" style={{ width: left }}>
            <section className="tl-heads" ref={mainHeads} aria-label={words.tracks}>
              <TrackHeads
                trace={trace}
                placed={seen.main}
                isPinned={false}
                groups={news?.groups ?? NO_GROUPS}
                facts={facts}
                coloursOf={(lane) => board.counterColours(lane)}
              />
            </section>
          </div>
        </div>
        {hiddenTracks > 0 && (news?.layout.hidden ?? 0) > 0 && (
          <div className="tl-hidden">
            {words.hiddenTracks(news?.layout.hidden ?? 0)}
            <Button size="s" kind="quiet" onClick={showAllTracks}>
              {words.showHidden}
            </Button>
          </div>
        )}
      </div>
      {isEmpty && <Empty trace={trace} filtered={news.layout.filtered > 0} />}
      <RangeHandles board={board} onDraft={setDraft} />
      <HoverTip board={board} hovered={menu ? undefined : hovered} />
      {menu && <PlotMenu trace={trace} of={menu} groups={news?.groups ?? NO_GROUPS} onClose={() => setMenu(undefined)} />}
    </div>
  );
}

function Empty({ trace, filtered }: { readonly trace: TraceId; readonly filtered: boolean }) {
  const { kind } = useTraceSource(trace);
  const filter = useTrackFilter();
  const problem = useTraceValue(trace, (summary) => summary?.problem && `${summary.problem.message} ${summary.problem.remedy ?? ''}`);
  if (filtered) {
    return (
      <div className="tl-empty">
        <EmptyState icon={SearchX} title={words.nothingFound} actions={<Button onClick={() => filterTracks('')}>{words.clearFilter}</Button>}>
          {words.nothingFoundWhy(filter.slice(0, 60))}
        </EmptyState>
      </div>
    );
  }
  if (kind === 'loading') return null;
  return (
    <div className="tl-empty">
      {kind === 'failed' ? (
        <EmptyState icon={CircleAlert} tone="error" title={words.failedTitle}>
          {problem}
        </EmptyState>
      ) : (
        <EmptyState icon={Route} title={kind === 'running' ? words.emptyTitle : noneTitle('events', kind)}>
          {kind === 'running' ? words.emptyLive : words.emptyOver}
        </EmptyState>
      )}
    </div>
  );
}

function inWindow(place: RegionPlace | undefined): readonly Placed[] {
  if (!place) return [];
  const { region, scrollTop, top, bottom } = place;
  const first = firstBelow(region.placed, scrollTop - BEYOND_PX);
  let behind = first;
  while (behind < region.placed.length && (region.placed[behind] as Placed).top < scrollTop + bottom - top + BEYOND_PX) behind += 1;
  return region.placed.slice(first, behind);
}

const sameItems = (a: readonly Placed[], b: readonly Placed[]): boolean => a.length === b.length && a.every((each, k) => each === b[k]);

/** What the heads tell of the part in sight: how busy a thread is, what is pending, the newest value of a counter. */
function factsOf(scene: Scene, places: readonly RegionPlace[]): HeadFacts {
  const facts = new Map<string, { busy?: number; open?: number; now?: string }>();
  const { view, asked, range } = scene;
  for (const place of places) {
    for (const placed of inWindow(place)) {
      if (!isPlacedLane(placed)) continue;
      const { lane } = placed;
      if (lane.kind === 'counter') {
        const picture = scene.counters.get(lane.key);
        if (picture && picture.now !== null) facts.set(lane.key, { now: formatValue(picture.now) });
        continue;
      }
      if (!view || (lane.kind !== 'thread' && lane.kind !== 'slices' && lane.kind !== 'async')) continue;
      const row = asked.findIndex((each) => each.laneKey === lane.key && each.part.track.id === lane.track.id && each.row === 0);
      if (lane.kind === 'async') {
        let open = 0;
        asked.forEach((each, r) => {
          if (each.laneKey !== lane.key) return;
          for (let k = firstOfRow(view, r); k < view.count && view.row[k] === r; k++) if (((view.flags[k] as number) & ItemFlag.OPEN) !== 0) open += 1;
        });
        facts.set(lane.key, { open });
        continue;
      }
      if (row < 0) continue;
      const pixelNs = (view.toNs - view.fromNs) / view.columns;
      let busy = 0;
      for (let k = firstOfRow(view, row); k < view.count && view.row[k] === row; k++) {
        const from = Math.max(range.fromNs, view.fromNs + (view.x0[k] as number) * pixelNs);
        const to = Math.min(range.toNs, view.fromNs + (view.x1[k] as number) * pixelNs);
        if (to > from) busy += (to - from) * (view.busy[k] as number);
      }
      const seen = Math.min(range.toNs, Math.max(range.fromNs, scene.endNs)) - range.fromNs;
      facts.set(lane.key, { busy: seen > 0 ? Math.min(1, busy / seen) : 0 });
    }
  }
  return facts;
}

/** Edges of the selected range follow the view without React. */
function placeHandles(host: HTMLElement | null, scene: Scene | undefined, draft: Draft | undefined): void {
  if (!host || !scene) return;
  for (const handle of host.querySelectorAll<HTMLElement>('.tl-handle')) {
    const ns = draft
      ? handle.dataset.edge === 'from'
        ? Math.min(draft.fromNs, draft.toNs)
        : Math.max(draft.fromNs, draft.toNs)
      : Number(handle.ariaValueNow) * 1000;
    const x = xOf(scene, ns);
    handle.style.visibility = x < scene.left - 1 || x > scene.width + 1 ? 'hidden' : 'visible';
    handle.style.transform = `translate(${x}px, ${RULER_PX}px)`;
    handle.style.height = `${scene.height - RULER_PX}px`;
  }
}

const startEpochOf = (trace: TraceId): number => traceState().summaries[trace]?.startEpochMs ?? 0;
