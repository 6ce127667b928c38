import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { formatMoment } from '../../drawing/format.ts';
import type { SnapshotPins } from '../../state/view-store.ts';
import { words } from './words.ts';

interface SnapshotStripProps {
  /** Times of all snapshots, thinned when there are many; ascending. */
  readonly times: Float64Array;
  readonly count: number;
  /** 0-based. */
  readonly index: number;
  readonly timeNs: number;
  /** When what is chosen changed. */
  readonly changes?: Float64Array | undefined;
  readonly pins?: SnapshotPins | undefined;
  readonly onPick: (index: number) => void;
}

const WIDTH = 1000;
const HEIGHT = 30;

/** Snapshots over time: where they lie, which one is shown. Drag or use the arrows to step through them. */
export function SnapshotStrip({ times, count, index, timeNs, changes, pins, onPick }: SnapshotStripProps) {
  const strip = useRef<HTMLDivElement>(null);
  const first = times[0] ?? 0;
  const last = times[times.length - 1] ?? first;
  const span = Math.max(1, last - first);
  const x = (ns: number) => 8 + ((ns - first) / span) * (WIDTH - 16);

  const pick = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect();
    if (!box || times.length === 0) return;
    const part = ((event.clientX - box.left) / box.width) * WIDTH;
    const wanted = first + ((part - 8) / (WIDTH - 16)) * span;
    onPick(snapshotNear(times, count, wanted));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Home') onPick(0);
    else if (event.key === 'End') onPick(count - 1);
    else if (event.key === 'PageUp') onPick(Math.max(0, index - 10));
    else if (event.key === 'PageDown') onPick(Math.min(count - 1, index + 10));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const between = pins?.a && { from: x(Math.min(pins.a.timeNs, pins.b?.timeNs ?? timeNs)), to: x(Math.max(pins.a.timeNs, pins.b?.timeNs ?? timeNs)) };
  const shown = Math.min(WIDTH - 8, Math.max(8, x(timeNs)));
  return (
    <div
      className="snapshot-strip"
      ref={strip}
      role="slider"
      tabIndex={0}
      aria-label={words.snapshotSlider}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, count)}
      aria-valuenow={index + 1}
      aria-valuetext={words.snapshotAt(index + 1, count, formatMoment(timeNs))}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pick(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && pick(event)}
      onKeyDown={onKeyDown}
    >
      <svg width="100%" height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <line x1="0" x2={WIDTH} y1="15.5" y2="15.5" className="snapshot-line" vectorEffect="non-scaling-stroke" />
        {between ? (
          <rect x={between.from} y="2" width={Math.max(1, between.to - between.from)} height="26" className="snapshot-before" />
        ) : (
          <rect x="0" y="2" width={shown} height="26" className="snapshot-before" />
        )}
        <path d={ticks(times, x, 10, 21)} className="snapshot-ticks" vectorEffect="non-scaling-stroke" />
        {changes && <path d={ticks(changes, x, 6, 25)} className="snapshot-changes" vectorEffect="non-scaling-stroke" />}
        <line x1={shown} x2={shown} y1="1" y2="29" className="snapshot-shown" vectorEffect="non-scaling-stroke" />
      </svg>
      {(['a', 'b'] as const).map((side) => {
        const pin = pins?.[side];
        if (!pin) return null;
        return (
          <span key={side} className="snapshot-pin" style={{ left: `${Math.min(100, Math.max(0, x(pin.timeNs) / (WIDTH / 100)))}%` }} aria-hidden="true">
            {side.toUpperCase()}
          </span>
        );
      })}
    </div>
  );
}

/** One mark per pixel is enough, however many snapshots there are. */
function ticks(times: Float64Array, x: (ns: number) => number, top: number, bottom: number): string {
  let path = '';
  let drawn = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    const at = x(time);
    if (at - drawn < 2.5) continue;
    drawn = at;
    path += `M${at.toFixed(1)} ${top}V${bottom}`;
  }
  return path;
}

/** Index of the snapshot nearest to a time; where the times were thinned, the place between them is estimated. */
export function snapshotNear(times: Float64Array, count: number, ns: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < ns) low = middle + 1;
    else high = middle;
  }
  const before = times[low - 1];
  const here = times[low] ?? 0;
  let place = low;
  if (before !== undefined && ns < here) {
    place = times.length < count ? low - 1 + (ns - before) / Math.max(1, here - before) : ns - before < here - ns ? low - 1 : low;
  }
  const scale = times.length > 1 ? (count - 1) / (times.length - 1) : 0;
  return Math.max(0, Math.min(count - 1, Math.round(place * scale)));
}
