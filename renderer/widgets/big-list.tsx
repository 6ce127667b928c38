import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { isScaled, lastPosition, positionOf, type RowGeometry, type RowWindow, rowWindow, scrollHeight, scrollTopOf } from './row-window.ts';
import './big-list.css';

/** A scroll this long after the wheel or a finger is still the user's: smooth scrolling and the glide after a swipe go on by themselves. */
const HANDS_MS = 400;

interface BigListProps {
  readonly label: string;
  readonly role: 'log' | 'grid' | 'treegrid';
  readonly total: number;
  readonly rowHeight: number;
  /** Stay at the last row as rows are added. Scrolling up by hand ends it, scrolling to the end begins it again. */
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  /** Rows in sight: what is to be asked for. */
  readonly onWindow: (window: RowWindow) => void;
  readonly row: (index: number) => ReactNode;
  /** Brings this row into sight whenever it changes. */
  readonly active?: number | undefined;
  readonly activeId?: string | undefined;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void;
}

/** Rows of one height, of which there may be many millions. Only those in sight exist. */
export function BigList({ label, role, total, rowHeight, follow, onFollow, onWindow, row, active, activeId, onKeyDown }: BigListProps) {
  const element = useRef<HTMLDivElement>(null);
  const [viewHeight, setViewHeight] = useState(0);
  const [position, setPosition] = useState(0);
  // What this component set itself: its own scroll event is then no wish of the user.
  const expected = useRef<number | undefined>(undefined);
  // Only hands end following: the browser scrolls on its own account too, where the bar shrinks or a hidden panel is shown again.
  const hands = useRef({ held: false, last: Number.NEGATIVE_INFINITY });
  const geometry: RowGeometry = { total, rowHeight, viewHeight };
  const latest = useRef({ geometry, position, follow, onFollow });
  latest.current = { geometry, position, follow, onFollow };
  const last = lastPosition(geometry);
  const shown = follow ? last : Math.min(position, last);
  const window = rowWindow(shown, geometry);

  useEffect(() => {
    const place = element.current;
    if (!place) return;
    const watch = new ResizeObserver(() => setViewHeight(place.clientHeight));
    watch.observe(place);
    return () => watch.disconnect();
  }, []);

  // After each rendering: the scroll bar is where the rows are.
  useLayoutEffect(() => {
    const place = element.current;
    if (!place || viewHeight === 0) return;
    const top = Math.round(scrollTopOf(shown, { total, rowHeight, viewHeight }));
    if (Math.abs(place.scrollTop - top) < 1) return;
    expected.current = top;
    place.scrollTop = top;
  }, [shown, total, rowHeight, viewHeight]);

  const { first, count } = window;
  const windowListener = useRef(onWindow);
  windowListener.current = onWindow;
  useEffect(() => windowListener.current({ first, count, offset: 0 }), [first, count]);

  const moveTo = useCallback((next: number) => {
    const { geometry: now, follow: following, onFollow: tell } = latest.current;
    const end = lastPosition(now);
    const clamped = Math.min(end, Math.max(0, next));
    setPosition(clamped);
    const atEnd = clamped >= end - 0.5;
    if (atEnd !== following) tell(atEnd);
  }, []);

  const toEnd = () => {
    const place = element.current;
    const { geometry: now } = latest.current;
    if (!place || now.viewHeight === 0) return;
    const top = Math.round(scrollTopOf(lastPosition(now), now));
    if (Math.abs(place.scrollTop - top) < 1) return;
    expected.current = top;
    place.scrollTop = top;
  };
  const onScroll = () => {
    const place = element.current;
    if (!place) return;
    const own = expected.current;
    expected.current = undefined;
    if (own !== undefined && Math.abs(place.scrollTop - own) < 1.5) return;
    if (latest.current.follow && !hands.current.held && performance.now() - hands.current.last > HANDS_MS) {
      toEnd();
      return;
    }
    moveTo(positionOf(place.scrollTop, latest.current.geometry));
  };

  // Where one pixel of the bar is many rows, the wheel moves rows and the bar follows.
  useEffect(() => {
    const place = element.current;
    if (!place) return;
    const touched = () => {
      hands.current.last = performance.now();
    };
    const held = (event: Event) => {
      hands.current.held = event.type === 'pointerdown';
      touched();
    };
    const onWheel = (event: WheelEvent) => {
      touched();
      const { geometry: now, follow: following, position: at } = latest.current;
      if (!isScaled(now) || event.ctrlKey) return;
      event.preventDefault();
      moveTo((following ? lastPosition(now) : at) + event.deltaY / now.rowHeight);
    };
    const off = new AbortController();
    const { signal } = off;
    place.addEventListener('wheel', onWheel, { passive: false, signal });
    place.addEventListener('touchmove', touched, { passive: true, signal });
    place.addEventListener('pointerdown', held, { signal });
    for (const ends of ['pointerup', 'pointercancel'] as const) globalThis.addEventListener(ends, held, { signal });
    return () => off.abort();
  }, [moveTo]);

  const isLaidOut = viewHeight > 0;
  useEffect(() => {
    if (active === undefined || !isLaidOut) return;
    const { geometry: now, follow: following, position: at } = latest.current;
    const top = following ? lastPosition(now) : at;
    const rows = now.viewHeight / now.rowHeight;
    if (active < top) moveTo(active);
    else if (active + 1 > top + rows) moveTo(active + 1 - rows);
  }, [active, isLaidOut, moveTo]);

  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    onKeyDown?.(event);
    if (event.defaultPrevented) return;
    const page = Math.max(1, Math.floor(viewHeight / rowHeight) - 1);
    const step: Record<string, number> = {
      PageUp: -page,
      PageDown: page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
      ArrowUp: -1,
      ArrowDown: 1,
    };
    const by = step[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    moveTo(shown + by);
  };

  const rows: ReactNode[] = [];
  for (let k = 0; k < count; k++) rows.push(row(first + k));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the role is the caller's, `log`, `grid` or `treegrid`.
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: as above.
    <div
      className="big-list"
      ref={element}
      role={role}
      aria-label={label}
      // A flood of lines must not be read aloud; who wants to hear them moves through them.
      aria-live={role === 'log' ? 'off' : undefined}
      aria-rowcount={role === 'log' ? undefined : total}
      aria-activedescendant={activeId}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKey}
    >
      <div className="big-list-view">
        <div style={{ transform: `translateY(${window.offset}px)` }}>{rows}</div>
      </div>
      <div style={{ height: scrollHeight(geometry) }} />
    </div>
  );
}
