/** What can be done with what lies under the pointer, or with what is picked, as entries of a menu. */
import { ChartLine, ChartNoAxesColumn, Copy, Flag, Focus, Layers, Ruler, Search, Sigma, SquarePen, StickyNote, Timer, TimerReset, X } from 'lucide-react';
import { clipText } from '../../drawing/format.ts';
import { setFlameMode, setSandwich } from '../../state/call-tree-store.ts';
import { hasCommand, keysOf, perform } from '../../state/commands.ts';
import { showCounterGraph } from '../../state/graph-store.ts';
import { newNote } from '../../state/notes-store.ts';
import { showPanel } from '../../state/panel-store.ts';
import { countFrom, highlight, zoomTo } from '../../state/selection.ts';
import { hasSource } from '../../state/source-place.ts';
import { findInStatistics } from '../../state/statistics-request.ts';
import { type TimeRange, viewState } from '../../state/view-store.ts';
import { showDialog } from '../../state/window-store.ts';
import { ItemFlag, type NameInfo, type SliceRow, type TraceId } from '../../trace/trace-worker-api.ts';
import { copyText, type MenuEntry } from '../../widgets/index.ts';
import type { Lane } from './lanes.ts';
import { words } from './words.ts';

const LINE: MenuEntry = { kind: 'line' };
const MOST_LETTERS = 60;

/** Writes a note on a part of time; a moment, where it has no length. In a report there are none. */
const noteOn = (trace: TraceId, range: TimeRange, keys = ''): readonly MenuEntry[] =>
  hasCommand('note')
    ? [
        {
          label: words.menu.note,
          icon: StickyNote,
          ...(keys !== '' && { keys }),
          onSelect: () => showDialog({ kind: 'note', trace, note: newNote(range, '') }),
        },
      ]
    : [];

/** Marks what is picked, without a question. */
const markIt = (): readonly MenuEntry[] =>
  hasCommand('mark-selected') ? [{ label: words.menu.mark, icon: Flag, onSelect: () => perform('mark-selected') }] : [];

/** Of a slice that is picked. `onEditor` absent: its source cannot be opened from here. */
export function sliceEntries(trace: TraceId, slice: SliceRow, name: NameInfo, onEditor: (() => void) | undefined): readonly MenuEntry[] {
  const { menu } = words;
  const range = { fromNs: slice.startNs, toNs: slice.startNs + slice.durationNs };
  const isMoment = (slice.flags & ItemFlag.INSTANT) !== 0;
  const place = name.line > 0 ? `${name.file}:${name.line}` : name.file;
  const ofCalls: readonly MenuEntry[] = [
    { label: menu.statistics, icon: Sigma, onSelect: () => findInStatistics(trace, name.text) },
    { label: menu.durations, icon: ChartNoAxesColumn, onSelect: () => showPanel('durations') },
    {
      label: menu.callers,
      icon: Layers,
      onSelect: () => {
        setSandwich(trace, slice.name);
        setFlameMode(trace, 'sandwich');
        showPanel('flame');
      },
    },
  ];
  return [
    { kind: 'title', label: clipText(name.text, MOST_LETTERS) },
    ...(isMoment
      ? []
      : ([
          { label: menu.zoom, icon: Focus, keys: keysOf('zoom-selection'), onSelect: () => perform('zoom-selection') },
          { label: menu.range, icon: Ruler, keys: keysOf('range'), onSelect: () => perform('range') },
        ] satisfies readonly MenuEntry[])),
    ...markIt(),
    ...noteOn(trace, range, keysOf('note')),
    LINE,
    ...(isMoment ? [] : ofCalls),
    { label: menu.search, icon: Search, onSelect: () => highlight(trace, `"${name.text.replaceAll('"', ' ').slice(0, 200)}"`) },
    LINE,
    ...(onEditor && hasSource(name) ? [{ label: menu.editor, icon: SquarePen, onSelect: onEditor }] : []),
    { label: menu.copyName, icon: Copy, onSelect: () => copyText(name.text, words.copied) },
    ...(place === '' ? [] : [{ label: menu.copyPlace, icon: Copy, onSelect: () => copyText(place, words.copied) }]),
  ];
}

/** Of the range that was picked. */
export function rangeEntries(trace: TraceId, range: TimeRange): readonly MenuEntry[] {
  const { menu } = words;
  return [
    { kind: 'title', label: words.range },
    { label: menu.zoomRange, icon: Focus, onSelect: () => zoomTo(trace, range.fromNs, range.toNs) },
    { label: menu.statisticsOfRange, icon: Sigma, onSelect: () => showPanel('statistics') },
    { label: menu.flameOfRange, icon: Layers, onSelect: () => showPanel('flame') },
    ...noteOn(trace, range, keysOf('note')),
    { label: menu.clear, icon: X, keys: keysOf('clear'), onSelect: () => perform('clear') },
  ];
}

/** Of a moment: where the pointer was. */
export function momentEntries(trace: TraceId, ns: number): readonly MenuEntry[] {
  const { menu } = words;
  return [
    ...noteOn(trace, { fromNs: ns, toNs: ns }),
    { label: menu.countFrom, icon: Timer, onSelect: () => countFrom(trace, ns) },
    ...(viewState(trace).zeroNs === undefined ? [] : [{ label: menu.countFromStart, icon: TimerReset, onSelect: () => countFrom(trace, undefined) }]),
  ];
}

/** Of a counter, beside those of its track. */
export const counterEntries = (trace: TraceId, { counter }: Lane): readonly MenuEntry[] =>
  counter
    ? [
        {
          label: words.menu.graph,
          icon: ChartLine,
          onSelect: () => {
            showPanel('graphs');
            showCounterGraph(trace, counter.key);
          },
        },
      ]
    : [];
