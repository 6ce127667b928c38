/** The histogram on its canvas, with a brush: dragged on the graph, or by two handles that take the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { formatDuration } from '../../drawing/format.ts';
import { type BucketRange, bucketAt, bucketsBetween, bucketX, drawHistogram, type Histogram, PLOT } from '../../drawing/histogram.ts';
import { readPalette } from '../../drawing/palette.ts';
import type { Brush } from './use-durations.ts';
import { words } from './words.ts';

interface GraphProps {
  readonly label: string;
  readonly histogram: Histogram;
  readonly isLog: boolean;
  readonly colour: number;
  readonly marks: readonly { readonly text: string; readonly ns: number }[];
  readonly brush: Brush | undefined;
  readonly onBrush: (brush: Brush | undefined) => void;
}

export function HistogramGraph({ label, histogram, isLog, colour, marks, brush, onBrush }: GraphProps) {
  const host = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [, restyle] = useState(0);
  /** Bucket in which a drag began. */
  const dragged = useRef<number>(undefined);
  const [draft, setDraft] = useState<BucketRange>();
  const buckets = histogram.counts.length;
  const range = draft ?? (brush && bucketsBetween(histogram, brush.fromNs, brush.toNs));

  useLayoutEffect(() => {
    const ink = canvas.current?.getContext('2d', { alpha: false });
    if (!canvas.current || !ink || size.width === 0) return;
    const ratio = devicePixelRatio || 1;
    canvas.current.width = Math.round(size.width * ratio);
    canvas.current.height = Math.round(size.height * ratio);
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawHistogram(ink, histogram, size, { palette: readPalette(getComputedStyle(document.documentElement)), isLog, colour, brush: range, marks });
  });

  useEffect(() => {
    const place = host.current;
    if (!place) return;
    const watch = new ResizeObserver(() => setSize({ width: place.clientWidth, height: place.clientHeight }));
    watch.observe(place);
    const anew = () => restyle((turn) => turn + 1);
    const theme = new MutationObserver(anew);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    document.fonts.addEventListener('loadingdone', anew);
    return () => {
      watch.disconnect();
      theme.disconnect();
      document.fonts.removeEventListener('loadingdone', anew);
    };
  }, []);

  const commit = ({ from, to }: BucketRange) =>
    onBrush({ fromNs: histogram.edgesNs[Math.min(from, to)] as number, toNs: histogram.edgesNs[Math.max(from, to) + 1] as number });
  const under = (event: PointerEvent) => bucketAt(event.clientX - (host.current?.getBoundingClientRect().left ?? 0), buckets, size.width);
  const ends = () => {
    dragged.current = undefined;
    setDraft(undefined);
  };
  const onHandleKey = (edge: 'from' | 'to') => (event: KeyboardEvent) => {
    if (!range) return;
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (event.key === 'Escape') onBrush(undefined);
    else if (by === 0) return;
    else if (edge === 'from') commit({ from: Math.min(range.to, Math.max(0, range.from + by)), to: range.to });
    else commit({ from: range.from, to: Math.max(range.from, Math.min(buckets - 1, range.to + by)) });
    event.preventDefault();
    event.stopPropagation();
  };
  // Without a brush the handles stand at both ends: so it is begun by keys, too.
  const shown = range ?? { from: 0, to: buckets - 1 };

  return (
    <section
      className="durations-graph"
      ref={host}
      aria-label={label}
      onPointerDown={(event) => {
        if (event.button !== 0 || buckets === 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = under(event);
        dragged.current = at;
        setDraft({ from: at, to: at });
      }}
      onPointerMove={(event) => {
        const began = dragged.current;
        if (began === undefined) return;
        const at = under(event);
        setDraft({ from: Math.min(began, at), to: Math.max(began, at) });
      }}
      onPointerUp={() => {
        if (draft) commit(draft);
        ends();
      }}
      onPointerCancel={ends}
    >
      <canvas ref={canvas} className="durations-canvas" />
      {(['from', 'to'] as const).map((edge) => {
        const index = edge === 'from' ? shown.from : shown.to + 1;
        const ns = histogram.edgesNs[index] ?? 0;
        return (
          <div
            key={edge}
            role="slider"
            tabIndex={0}
            className="durations-handle"
            data-brushed={range !== undefined}
            style={{ left: bucketX(index, buckets, size.width), top: PLOT.top, bottom: PLOT.bottom }}
            aria-label={edge === 'from' ? words.brushFrom : words.brushTo}
            aria-valuemin={0}
            aria-valuemax={buckets}
            aria-valuenow={index}
            aria-valuetext={formatDuration(ns)}
            onKeyDown={range ? onHandleKey(edge) : firstKey(edge, shown, commit)}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              // The other edge stays where it is: as if the drag had begun there.
              event.stopPropagation();
              host.current?.setPointerCapture(event.pointerId);
              dragged.current = edge === 'from' ? shown.to : shown.from;
              setDraft(shown);
            }}
          />
        );
      })}
    </section>
  );
}

/** Where all durations are shown, the first press of an arrow begins a brush. */
const firstKey =
  (edge: 'from' | 'to', { from, to }: BucketRange, commit: (range: BucketRange) => void) =>
  (event: KeyboardEvent): void => {
    if (edge === 'from' && event.key === 'ArrowRight') commit({ from: Math.min(to, from + 1), to });
    else if (edge === 'to' && event.key === 'ArrowLeft') commit({ from, to: Math.max(from, to - 1) });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
