/** The options of one graph. */
import {
  ArrowDownToLine,
  ArrowUpToLine,
  ChartSpline,
  FileSpreadsheet,
  FileType,
  Image,
  ListChecks,
  Pencil,
  Ruler,
  SlidersHorizontal,
  TextCursorInput,
  X,
} from 'lucide-react';
import { useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import type { GraphOptions } from '../../state/graph-arrangement.ts';
import { changeGraphOptions, dropGraph, type GraphSpec, resetGraphs } from '../../state/graph-store.ts';
import type { CounterInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Icon, Menu, type MenuEntry, type MenuPoint } from '../../widgets/index.ts';
import { RangeDialog, ThresholdDialog, UnitDialog } from './graph-dialogs.tsx';
import type { ResolvedGraph } from './resolve-graph.ts';
import { SeriesDialog } from './series-dialog.tsx';
import { words } from './words.ts';

interface GraphMenuProps {
  readonly trace: TraceId;
  readonly spec: GraphSpec;
  readonly graph: ResolvedGraph;
  readonly counters: readonly CounterInfo[];
  readonly onDrawThreshold: () => void;
  readonly onRename: () => void;
  readonly onMove: (by: number) => void;
  readonly onSave: (as: 'png' | 'svg' | 'csv') => void;
  /** Opened by the right mouse button, or by its key: where. */
  readonly at: MenuPoint | undefined;
  readonly onAt: (at: MenuPoint | undefined) => void;
}

/** Bound by the panel of the graph. */
const MOVE_KEYS = { before: 'Ctrl+Shift+ArrowLeft', behind: 'Ctrl+Shift+ArrowRight' };

type DialogKind = 'series' | 'range' | 'unit' | 'thresholds';

export function GraphMenu({ trace, spec, graph, counters, onDrawThreshold, onRename, onMove, onSave, at, onAt }: GraphMenuProps) {
  const [dialog, setDialog] = useState<DialogKind>();
  const [isOpen, setOpen] = useState(false);
  const close = () => setDialog(undefined);
  const { options } = spec;
  const set = (change: Partial<GraphOptions>) => changeGraphOptions(trace, spec.id, change);
  const choice = <T extends string>(
    label: string,
    value: T,
    texts: Readonly<Record<T, string>>,
    values: readonly T[],
    onSelect: (value: T) => void,
  ): MenuEntry => ({
    kind: 'radio',
    label,
    value,
    options: values.map((each) => ({ value: each, label: texts[each] })),
    onSelect: (next) => onSelect(next as T),
  });
  const line: MenuEntry = { kind: 'line' };
  const entries: readonly MenuEntry[] = [
    choice(words.showLabel, options.show, words.show, ['value', 'delta', 'rate'], (show) => set({ show })),
    line,
    choice(words.scaleLabel, options.scale, words.scale, ['linear', 'log'], (scale) => set({ scale })),
    line,
    choice(words.rangeLabel, options.range, words.range, ['auto', 'zero', 'fit', 'own'], (range) => (range === 'own' ? setDialog('range') : set({ range }))),
    line,
    choice(words.shapeLabel, options.shape, words.shape, ['step', 'line'], (shape) => set({ shape })),
    line,
    { label: words.chooseSeries, icon: ListChecks, onSelect: () => setDialog('series') },
    { label: words.setUnit, icon: TextCursorInput, onSelect: () => setDialog('unit') },
    { label: words.drawThreshold, icon: Ruler, onSelect: onDrawThreshold },
    { label: words.thresholds, icon: SlidersHorizontal, onSelect: () => setDialog('thresholds') },
    line,
    { label: words.png, icon: Image, onSelect: () => onSave('png') },
    { label: words.svg, icon: FileType, onSelect: () => onSave('svg') },
    { label: words.csv, icon: FileSpreadsheet, onSelect: () => onSave('csv') },
    line,
    { label: words.rename, icon: Pencil, keys: 'F2', onSelect: onRename },
    { label: words.moveBefore, icon: ArrowUpToLine, keys: MOVE_KEYS.before, onSelect: () => onMove(-1) },
    { label: words.moveBehind, icon: ArrowDownToLine, keys: MOVE_KEYS.behind, onSelect: () => onMove(1) },
    line,
    { label: words.close, icon: X, onSelect: () => dropGraph(trace, spec.id) },
    { label: words.reset, icon: ChartSpline, onSelect: () => resetGraphs(trace) },
  ];
  const about = { trace, spec, name: clipText(graph.name, 100), unit: graph.unit, foundUnit: graph.foundUnit, onClose: close };
  return (
    <>
      {/* A plain title: a hundred panels with a tooltip each would be slow to begin with. */}
      <Menu
        align={at ? 'start' : 'end'}
        entries={entries}
        open={isOpen || at !== undefined}
        onOpen={(open) => {
          setOpen(open);
          onAt(undefined);
        }}
        at={at}
        trigger={
          <button type="button" className="btn btn-icon btn-quiet btn-s" aria-label={words.menu(clipText(graph.name, 100))} title={words.options}>
            <Icon of={SlidersHorizontal} />
          </button>
        }
      />
      {dialog === 'series' && <SeriesDialog trace={trace} spec={spec} name={graph.name} counters={counters} onClose={close} />}
      {dialog === 'range' && <RangeDialog {...about} />}
      {dialog === 'unit' && <UnitDialog {...about} />}
      {dialog === 'thresholds' && <ThresholdDialog {...about} />}
    </>
  );
}
