/** A field's numbers over the life of its object, under the one cross-hair of timeline and graphs. */
import { type MouseEvent, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { formatAxisValue, formatMoment, formatValue } from '../../drawing/format.ts';
import { goToMoment, pointAt, pointerState, subscribePointers } from '../../state/view-store.ts';
import type { FieldGraph, TraceId } from '../../trace/trace-worker-api.ts';
import { fieldLine } from './field-line.ts';
import { words } from './words.ts';

const WIDTH = 1000;
const HEIGHT = 200;

interface FieldPlotProps {
  readonly trace: TraceId;
  readonly name: string;
  readonly graph: FieldGraph;
  /** Of the snapshot that is shown. */
  readonly timeNs: number;
}

export function FieldPlot({ trace, name, graph, timeNs }: FieldPlotProps) {
  const picture = useRef<SVGSVGElement>(null);
  const cross = useRef<SVGLineElement>(null);
  const line = useMemo(() => fieldLine(graph, WIDTH, HEIGHT), [graph]);
  const { firstNs, lastNs } = graph;
  const spanNs = Math.max(1, lastNs - firstNs);

  // Moves with the pointer wherever it is over a picture of time: by hand, since React would draw all of it again.
  useEffect(() => {
    const draw = () => {
      const ns = pointerState(trace)?.ns;
      const x = ns === undefined ? -1 : ((ns - firstNs) / spanNs) * WIDTH;
      const mark = cross.current;
      if (!mark) return;
      mark.style.visibility = x >= 0 && x <= WIDTH ? 'visible' : 'hidden';
      mark.setAttribute('x1', String(x));
      mark.setAttribute('x2', String(x));
    };
    draw();
    return subscribePointers(trace, draw);
  }, [trace, firstNs, spanNs]);
  useEffect(() => () => pointAt(trace, undefined), [trace]);

  if (!line) return null;
  const timeAt = (event: PointerEvent | MouseEvent, more = 0) => {
    const box = picture.current?.getBoundingClientRect();
    return box ? firstNs + Math.min(1, Math.max(0, (event.clientX + more - box.left) / box.width)) * spanNs : firstNs;
  };
  const { range, least, greatest } = line;
  const shown = Math.min(1, Math.max(0, (timeNs - firstNs) / spanNs)) * WIDTH;
  return (
    <figure className="field-plot">
      <div className="field-axis" aria-hidden="true">
        <span>{formatAxisValue(range.high)}</span>
        <span>{formatAxisValue(range.low)}</span>
      </div>
      <div className="field-picture">
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table below is its twin, and takes keys. */}
        <svg
          ref={picture}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={words.history.graph(name, formatValue(least), formatValue(greatest), graph.numbers)}
          onPointerMove={(event) => pointAt(trace, { ns: timeAt(event), panel: undefined })}
          onPointerLeave={() => pointAt(trace, undefined)}
          // To the end of the pixel: what is drawn in it has happened.
          onClick={(event) => goToMoment(trace, timeAt(event, 1))}
        >
          <line x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} className="field-grid" vectorEffect="non-scaling-stroke" />
          <path d={line.path} className="field-line" vectorEffect="non-scaling-stroke" />
          <line x1={shown} x2={shown} y1="0" y2={HEIGHT} className="snapshot-shown" vectorEffect="non-scaling-stroke" />
          <line ref={cross} y1="0" y2={HEIGHT} className="field-cross" vectorEffect="non-scaling-stroke" />
        </svg>
        <div className="field-times" aria-hidden="true">
          <span>{formatMoment(firstNs)}</span>
          <span>{formatMoment(lastNs)}</span>
        </div>
      </div>
    </figure>
  );
}
