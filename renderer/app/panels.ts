/**
 * Every panel of the trace window, once: the dock, the menus and the command palette read it from here. A new panel is one
 * entry. `load` makes it a part of the bundle of its own, which is read when the panel is first shown; what the first screen
 * needs is imported.
 */
import {
  Box,
  ChartGantt,
  ChartLine,
  ChartNoAxesColumn,
  Flame,
  ListTree,
  type LucideIcon,
  Network,
  Sigma,
  SquareFunction,
  SquareTerminal,
  StickyNote,
  Table2,
  TextSelect,
  TriangleAlert,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';
import { ConsolePanel } from '../features/console/index.ts';
import { CounterPanels } from '../features/counters/index.ts';
import { NotesCount, NotesPanel } from '../features/notes/index.ts';
import { ObjectInspector } from '../features/objects/index.ts';
import { SelectionPanel } from '../features/selection/index.ts';
import { SlicesTable, TimelinePanel } from '../features/timeline/index.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';

export interface PanelProps {
  readonly trace: TraceId;
}

/**
 * Where a panel opens until the user puts it elsewhere: in the middle; below it, at the left or at the right, so that the script's numbers and
 * its output are seen together; beside the middle, or beside it below what is selected.
 */
export type PanelPlace = 'centre' | 'drawer' | 'drawer-right' | 'inspector' | 'inspector-below';

export interface PanelDefinition {
  /** Stays the same for ever: layouts that were saved name it. */
  readonly id: string;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly place: PanelPlace;
  /** Part of the layout that a new window begins with. Others are opened from the menu, the palette or `showPanel(id)`. */
  readonly isOpen: boolean;
  readonly component: ComponentType<PanelProps>;
  /** Beside the title of its tab: a number, or nothing. */
  readonly count?: ComponentType<PanelProps>;
}

const load = <K extends string>(module: () => Promise<{ readonly [name in K]: ComponentType<PanelProps> }>, name: K) =>
  lazy(() => module().then((loaded) => ({ default: loaded[name] })));

/** In the order of their tabs. */
export const PANELS: readonly PanelDefinition[] = [
  { id: 'timeline', title: 'Timeline', icon: ChartGantt, place: 'centre', isOpen: true, component: TimelinePanel },
  { id: 'graphs', title: 'Graphs', icon: ChartLine, place: 'drawer', isOpen: true, component: CounterPanels },
  {
    id: 'flame',
    title: 'Flame graph',
    icon: Flame,
    place: 'drawer',
    isOpen: true,
    component: load(() => import('../features/call-tree/index.ts'), 'FlamePanel'),
  },
  {
    id: 'call-tree',
    title: 'Call tree',
    icon: Network,
    place: 'drawer',
    isOpen: true,
    component: load(() => import('../features/call-tree/index.ts'), 'CallTreePanel'),
  },
  {
    id: 'durations',
    title: 'Durations',
    icon: ChartNoAxesColumn,
    place: 'drawer',
    isOpen: true,
    component: load(() => import('../features/durations/index.ts'), 'DurationsPanel'),
  },
  { id: 'console', title: 'Console', icon: SquareTerminal, place: 'drawer-right', isOpen: true, component: ConsolePanel },
  {
    id: 'events',
    title: 'Events',
    icon: ListTree,
    place: 'drawer-right',
    isOpen: true,
    component: load(() => import('../features/events/index.ts'), 'EventsPanel'),
  },
  {
    id: 'functions',
    title: 'Functions',
    icon: SquareFunction,
    place: 'drawer-right',
    isOpen: true,
    component: load(() => import('../features/functions/index.ts'), 'FunctionsPanel'),
  },
  {
    id: 'statistics',
    title: 'Statistics',
    icon: Sigma,
    place: 'drawer-right',
    isOpen: true,
    component: load(() => import('../features/statistics/index.ts'), 'StatisticsPanel'),
  },
  {
    id: 'issues',
    title: 'Issues',
    icon: TriangleAlert,
    place: 'drawer-right',
    isOpen: true,
    component: load(() => import('../features/issues/index.ts'), 'IssuesPanel'),
    count: load(() => import('../features/issues/index.ts'), 'IssuesCount'),
  },
  {
    id: 'notes',
    title: 'Notes',
    icon: StickyNote,
    place: 'drawer-right',
    isOpen: true,
    component: NotesPanel,
    count: NotesCount,
  },
  { id: 'slices', title: 'Slices', icon: Table2, place: 'drawer-right', isOpen: false, component: SlicesTable },
  { id: 'selection', title: 'Selection', icon: TextSelect, place: 'inspector', isOpen: true, component: SelectionPanel },
  { id: 'object', title: 'Object', icon: Box, place: 'inspector-below', isOpen: true, component: ObjectInspector },
];

export const panelOf = (id: string): PanelDefinition | undefined => PANELS.find((panel) => panel.id === id);
