import { ChartLine, Table2 } from 'lucide-react';
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { type GraphSpec, placeGraph, putIntoGraph, renameGraph } from '../../state/graph-store.ts';
import { toggleTable, useView } from '../../state/view-store.ts';
import type { CounterInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Icon, isMenuKey, type MenuPoint, toastProblem } from '../../widgets/index.ts';
import type { CounterBoard } from './counter-board.ts';
import { unitOfName } from './counter-name.ts';
import { CounterPlot } from './counter-plot.ts';
import { CounterTable } from './counter-table.tsx';
import { startGraphDrag, useGraphDrop } from './graph-drag.ts';
import { csvOf, fileName, measureText, pngOf, saveFile, sheetOf, svgOf } from './graph-files.ts';
import { GraphMenu } from './graph-menu.tsx';
import { GraphTitle } from './graph-title.tsx';
import { type Cells, Legend, writeNumbers } from './legend.tsx';
import { tellNewest } from './newest-values.ts';
import { bindGestures } from './plot-gestures.ts';
import type { SeriesNumbers } from './plot-numbers.ts';
import { resolveGraph } from './resolve-graph.ts';
import { useSeriesDrop } from './series-drag.ts';
import { unitText } from './units.ts';
import { words } from './words.ts';

interface GraphPanelProps {
  readonly trace: TraceId;
  readonly board: CounterBoard;
  readonly spec: GraphSpec;
  readonly counters: readonly CounterInfo[];
  readonly byKey: ReadonlyMap<string, CounterInfo>;
  /** Place of its counter among all: picks the colours. */
  readonly place: number;
  readonly span: number;
  /** Panels stand below each other, not side by side. */
  readonly isColumn: boolean;
  /** Name of the process, where there are several. */
  readonly process: string | undefined;
  /** Moves a graph by a number of places. */
  readonly onMove: (graph: string, name: string, by: number) => void;
}

/** One graph: head, picture, legend. Numbers are written straight into their cells, as often as they are drawn. */
export const GraphPanel = memo(function GraphPanel({ trace, board, spec, counters, byKey, place, span, isColumn, process, onMove }: GraphPanelProps) {
  const { traces } = useClients();
  const hidden = useView(trace, (view) => view.hidden[spec.id] ?? NONE);
  const asTable = useView(trace, (view) => view.tables.includes(spec.id));
  const reveal = useView(trace, (view) => (view.reveal?.key === spec.id ? view.reveal.turn : undefined));
  const [placing, setPlacing] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const [menuAt, setMenuAt] = useState<MenuPoint>();
  const figure = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const cells = useRef<Cells>(new Map());
  const numbersRef = useRef<readonly SeriesNumbers[]>([]);
  const lineListeners = useRef(new Set<() => void>());
  const plotRef = useRef<CounterPlot | undefined>(undefined);
  const graph = useMemo(() => resolveGraph(spec, byKey, place), [spec, byKey, place]);
  const { title, name, unit, lines } = graph;
  const { options } = spec;
  const drop = useSeriesDrop((series) => putIntoGraph(trace, spec.id, series));
  const put = useGraphDrop(trace, isColumn, (moved, side) => placeGraph(trace, counters, moved, side, spec.id));
  // The list shows what the legend does, where that is the value itself.
  const told = options.show === 'value' ? spec.counter : undefined;
  const toldRef = useRef(told);
  toldRef.current = told;

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const plot: CounterPlot = new CounterPlot({
      key: spec.id,
      trace,
      traces,
      host: element,
      palette: board.palette,
      onDirty: () => board.drawNews(plot),
      onLines: () => {
        for (const listener of lineListeners.current) listener();
      },
      onNumbers: (numbers, newest) => {
        numbersRef.current = numbers;
        writeNumbers(cells.current, plot.seriesIds(), numbers);
        if (toldRef.current !== undefined) tellNewest(trace, toldRef.current, newest ? numbers[0]?.now : undefined);
      },
    });
    plotRef.current = plot;
    const unbind = bindGestures(element, trace, plot, () => setPlacing(false));
    const remove = board.add(plot);
    const size = new ResizeObserver(([entry]) => entry && plot.setSize(Math.floor(entry.contentRect.width), Math.floor(entry.contentRect.height)));
    size.observe(element);
    const sight = new IntersectionObserver(
      (entries) => {
        // On a busy page several come at once, the oldest first.
        const entry = entries.at(-1);
        if (!entry) return;
        plot.setVisible(entry.isIntersecting);
        if (!entry.isIntersecting && toldRef.current !== undefined) tellNewest(trace, toldRef.current, undefined);
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
      if (toldRef.current !== undefined) tellNewest(trace, toldRef.current, undefined);
      plotRef.current = undefined;
    };
  }, [trace, traces, board, spec.id]);

  useEffect(() => {
    plotRef.current?.setSeries(lines);
  }, [lines]);
  useEffect(() => {
    plotRef.current?.setHidden(hidden);
  }, [hidden]);
  useEffect(() => {
    plotRef.current?.setOptions(options, unit);
  }, [options, unit]);
  useEffect(() => {
    if (told === undefined && spec.counter !== undefined) tellNewest(trace, spec.counter, undefined);
  }, [trace, told, spec.counter]);
  useEffect(() => {
    if (reveal === undefined) return;
    figure.current?.scrollIntoView({ block: 'nearest' });
    host.current?.focus({ preventScroll: true });
  }, [reveal]);

  const writeAgain = useCallback(() => writeNumbers(cells.current, plotRef.current?.seriesIds() ?? [], numbersRef.current), []);

  const save = (as: 'png' | 'svg' | 'csv') => {
    const shown = plotRef.current?.shownNow();
    if (!shown) return;
    const file = fileName(title, as);
    if (as === 'csv') {
      saveFile(file, new Blob([csvOf(shown, options.show === 'value')], { type: 'text/csv' }));
      return;
    }
    const sheet = sheetOf(shown, title, unitText(unit, options.show));
    if (as === 'svg') saveFile(file, new Blob([svgOf(sheet, board.palette(), measureText)], { type: 'image/svg+xml' }));
    else {
      pngOf(sheet, board.palette()).then(
        (blob) => (blob ? saveFile(file, blob) : toastProblem(new Error(words.notSaved), words.notSaved)),
        (error: unknown) => toastProblem(error, words.notSaved),
      );
    }
  };
  const drawThreshold = () => {
    setPlacing(true);
    // Behind the menu, which gives the focus back to its button.
    setTimeout(() => host.current?.focus(), 0);
  };

  const move = (by: number) => onMove(spec.id, clipText(name, 100), by);
  const named = (given: string | undefined) => {
    setRenaming(false);
    if (given !== undefined && given.trim() !== title) renameGraph(trace, spec.id, given.trim() === graph.foundTitle ? '' : given);
    setTimeout(() => host.current?.focus({ preventScroll: true }), 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const arrow = event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : undefined;
    if (isMenuKey(event) && isWithin(event)) {
      const { left, top } = event.target.getBoundingClientRect();
      setMenuAt({ x: left + 12, y: top + 12 });
    } else if (event.key === 'F2' && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey) setRenaming(true);
    else if (arrow !== undefined && (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey) move(arrow);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  // What the name says already is not said beside it.
  const unitShown = options.show === 'value' && unitOfName(title) === unit ? '' : unitText(unit, options.show);
  return (
    <figure
      className={`counter-panel ${drop.isOver ? 'counter-panel-over' : ''}`}
      data-put={put.side && `${put.side}-${isColumn ? 'column' : 'row'}`}
      style={{ gridColumn: `span ${span}` }}
      aria-label={clipText(name)}
      ref={figure}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => {
        if (!isWithin(event)) return;
        event.preventDefault();
        setMenuAt({ x: event.clientX, y: event.clientY });
      }}
      onDragEnter={both(drop.handlers.onDragEnter, put.handlers.onDragEnter)}
      onDragOver={both(drop.handlers.onDragOver, put.handlers.onDragOver)}
      onDragLeave={both(drop.handlers.onDragLeave, put.handlers.onDragLeave)}
      onDrop={both(drop.handlers.onDrop, put.handlers.onDrop)}
    >
      <figcaption className="counter-head" draggable={!renaming} onDragStart={(event) => startGraphDrag(event.dataTransfer, trace, spec.id)}>
        <GraphTitle graph={graph} renaming={renaming} onRename={() => setRenaming(true)} onNamed={named} />
        {unitShown !== '' && <span className="counter-unit">{unitShown}</span>}
        {options.scale === 'log' && <span className="counter-unit">{words.log}</span>}
        {process !== undefined && <span className="counter-process">{process}</span>}
        <span className="counter-space" />
        <span className="counter-tools">
          {/* A plain title: a hundred panels with a tooltip each would be slow to begin with. */}
          <button
            type="button"
            className="btn btn-icon btn-quiet btn-s"
            aria-pressed={asTable}
            aria-label={words.asTable}
            title={asTable ? words.asGraph : words.asTable}
            onClick={() => toggleTable(trace, spec.id)}
          >
            <Icon of={asTable ? ChartLine : Table2} />
          </button>
          <GraphMenu
            trace={trace}
            spec={spec}
            graph={graph}
            counters={counters}
            onDrawThreshold={drawThreshold}
            onRename={() => setRenaming(true)}
            onMove={move}
            onSave={save}
            at={menuAt}
            onAt={setMenuAt}
          />
        </span>
      </figcaption>
      <div className="counter-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the picture takes the keys that zoom and pan; its name says so. */}
        <div className="counter-plot" ref={host} tabIndex={0} role="img" aria-label={words.graphOf(clipText(name))} data-placing={placing} />
        {placing && (
          <p className="counter-placing" role="status">
            {words.placing}
          </p>
        )}
        {lines.length === 0 && <p className="counter-nothing">{words.emptyGraph}</p>}
        {asTable && <CounterTable name={name} lines={lines} unit={unit} shown={() => plotRef.current?.currentLines()} listeners={lineListeners.current} />}
      </div>
      {lines.length > 0 && <Legend trace={trace} graph={spec.id} lines={lines} hidden={hidden} cells={cells.current} onRows={writeAgain} />}
    </figure>
  );
});

const NONE: readonly string[] = [];

/** What happens in its menu and its dialogs comes here too, from elsewhere in the page. */
const isWithin = <E extends { readonly currentTarget: Element; readonly target: EventTarget }>(event: E): event is E & { readonly target: Element } =>
  event.target instanceof Element && event.currentTarget.contains(event.target);

const both = (one: (event: React.DragEvent) => void, other: (event: React.DragEvent) => void) => (event: React.DragEvent) => {
  one(event);
  other(event);
};
