import { ChartLine, Table2 } from 'lucide-react';
import { memo, useEffect, useMemo, useRef } from 'react';
import { clipText } from '../../drawing/format.ts';
import { type SeriesStyle, seriesStyle } from '../../drawing/palette.ts';
import { useClients } from '../../state/clients.tsx';
import { soloSeries, toggleSeries, toggleTable, useView } from '../../state/view-store.ts';
import type { CounterInfo, SeriesId, TraceId } from '../../trace/trace-worker-api.ts';
import { Icon } from '../../widgets/index.ts';
import type { CounterBoard } from './counter-board.ts';
import { splitUnit } from './counter-name.ts';
import { CounterPlot, type PlotSeries, type SeriesNumbers } from './counter-plot.ts';
import { CounterTable } from './counter-table.tsx';
import { tellNewest } from './newest-values.ts';
import { bindGestures } from './plot-gestures.ts';

interface CounterPanelProps {
  readonly trace: TraceId;
  readonly board: CounterBoard;
  readonly info: CounterInfo;
  /** Place in the list: picks the colours. */
  readonly index: number;
  readonly span: number;
  /** Name of the process, where there are several. */
  readonly process: string | undefined;
}

type Cells = Map<SeriesId, { now?: HTMLElement | null; min?: HTMLElement | null; max?: HTMLElement | null }>;

/** One counter: head, graph, legend. Numbers are written straight into their cells, as often as they are drawn. */
export const CounterPanel = memo(function CounterPanel({ trace, board, info, index, span, process }: CounterPanelProps) {
  const { traces } = useClients();
  const hidden = useView(trace, (view) => view.hidden[info.key] ?? NONE);
  const asTable = useView(trace, (view) => view.tables.includes(info.key));
  const reveal = useView(trace, (view) => (view.reveal?.key === info.key ? view.reveal.turn : undefined));
  const figure = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const cells = useRef<Cells>(new Map());
  const plotRef = useRef<CounterPlot | undefined>(undefined);

  const series = useMemo<readonly PlotSeries[]>(
    () => info.series.map((each, k) => ({ id: each.id, name: each.name, style: seriesStyle(index, k, info.series.length) })),
    [info, index],
  );
  const { title, unit } = splitUnit(info.name);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const plot: CounterPlot = new CounterPlot({
      key: info.key,
      trace,
      traces,
      host: element,
      palette: board.palette,
      onDirty: () => board.drawNews(plot),
      onNumbers: (numbers, newest) => {
        writeNumbers(cells.current, plot.seriesIds(), numbers);
        tellNewest(trace, info.key, newest ? numbers[0]?.now : undefined);
      },
    });
    plotRef.current = plot;
    const unbind = bindGestures(element, trace, plot);
    const remove = board.add(plot);
    const size = new ResizeObserver(([entry]) => entry && plot.setSize(Math.floor(entry.contentRect.width), Math.floor(entry.contentRect.height)));
    size.observe(element);
    const sight = new IntersectionObserver(
      ([entry]) => {
        if (!entry) return;
        plot.setVisible(entry.isIntersecting);
        if (!entry.isIntersecting) tellNewest(trace, info.key, undefined);
      },
      { rootMargin: '120px' },
    );
    sight.observe(element);
    return () => {
      size.disconnect();
      sight.disconnect();
      remove();
      unbind();
      plot.destroy();
      tellNewest(trace, info.key, undefined);
      plotRef.current = undefined;
    };
  }, [trace, traces, board, info.key]);

  useEffect(() => {
    plotRef.current?.setSeries(series);
  }, [series]);
  useEffect(() => {
    plotRef.current?.setHidden(hidden);
  }, [hidden]);
  useEffect(() => {
    if (reveal === undefined) return;
    figure.current?.scrollIntoView({ block: 'nearest' });
    host.current?.focus({ preventScroll: true });
  }, [reveal]);

  return (
    <figure className="counter-panel" style={{ gridColumn: `span ${span}` }} aria-label={clipText(info.name)} ref={figure}>
      <figcaption className="counter-head">
        <span className="counter-title" title={clipText(info.name)}>
          {clipText(title, 200)}
        </span>
        {unit && <span className="counter-unit">{unit}</span>}
        {process !== undefined && <span className="counter-process">{process}</span>}
        <span className="counter-space" />
        {/* A plain title: a hundred panels with a tooltip each would be slow to begin with. */}
        <button
          type="button"
          className="btn btn-icon btn-quiet btn-s counter-twin"
          aria-pressed={asTable}
          aria-label="Show as table"
          title={asTable ? 'Show as graph' : 'Show as table'}
          onClick={() => toggleTable(trace, info.key)}
        >
          <Icon of={asTable ? ChartLine : Table2} />
        </button>
      </figcaption>
      <div className="counter-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the picture takes the keys that zoom and pan; its name says so. */}
        <div className="counter-plot" ref={host} tabIndex={0} role="img" aria-label={`Graph of ${clipText(info.name)}. W, S zoom; A, D pan; 0 fits.`} />
        {asTable && <CounterTable info={info} grid={() => plotRef.current?.currentGrid()} />}
      </div>
      <Legend trace={trace} info={info} series={series} hidden={hidden} cells={cells.current} />
    </figure>
  );
});

const NONE: readonly string[] = [];

function writeNumbers(cells: Cells, ids: readonly SeriesId[], numbers: readonly SeriesNumbers[]): void {
  numbers.forEach((each, k) => {
    const id = ids[k];
    const row = id === undefined ? undefined : cells.get(id);
    if (!row) return;
    write(row.now, each.now);
    write(row.min, each.min);
    write(row.max, each.max);
  });
}

function write(cell: HTMLElement | null | undefined, text: string): void {
  if (cell && cell.textContent !== text) cell.textContent = text;
}

interface LegendProps {
  readonly trace: TraceId;
  readonly info: CounterInfo;
  readonly series: readonly PlotSeries[];
  readonly hidden: readonly string[];
  readonly cells: Cells;
}

function Legend({ trace, info, series, hidden, cells }: LegendProps) {
  const names = series.map((each) => each.name);
  const cell = (id: SeriesId, column: 'now' | 'min' | 'max') => (element: HTMLElement | null) => {
    const row = cells.get(id) ?? {};
    row[column] = element;
    cells.set(id, row);
  };
  return (
    <div className="counter-legend-scroll">
      <table className="counter-legend">
        <colgroup>
          <col />
          <col className="counter-number" />
          <col className="counter-number counter-min" />
          <col className="counter-number" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{series.length === 1 ? '1 series' : `${series.length} series`}</th>
            <th scope="col">Now</th>
            <th scope="col" className="counter-min">
              Min
            </th>
            <th scope="col">Max</th>
          </tr>
        </thead>
        <tbody>
          {series.map((each) => {
            const off = hidden.includes(each.name);
            return (
              <tr key={each.id} className={off ? 'counter-off' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    className="counter-series"
                    aria-pressed={!off}
                    title={`${clipText(each.name)}\nClick hides or shows, double click leaves it alone.`}
                    onClick={() => toggleSeries(trace, info.key, each.name)}
                    onDoubleClick={() => soloSeries(trace, info.key, each.name, names)}
                  >
                    <SeriesLine style={each.style} />
                    <span>{clipText(each.name, 200)}</span>
                  </button>
                </th>
                <td className="counter-now" ref={cell(each.id, 'now')} />
                <td className="counter-min" ref={cell(each.id, 'min')} />
                <td ref={cell(each.id, 'max')} />
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function SeriesLine({ style }: { readonly style: SeriesStyle }) {
  return (
    <svg width="16" height="8" aria-hidden="true" className={`series-color-${style.color}`}>
      <line x1="0" x2="16" y1="4" y2="4" stroke="currentColor" strokeWidth="2" {...(style.dash && { strokeDasharray: style.dash.join(' ') })} />
    </svg>
  );
}
