/**
 * How panels are arranged: the arrangement that the product comes with, and texts of arrangements that were kept. A kept text is
 * outside data: one that cannot be read, or names a panel that is not there any more, is no arrangement.
 */
import type { DockviewApi, SerializedDockview } from 'dockview-react';
import { PANELS, type PanelDefinition, panelOf } from '../panels.ts';

export interface DockSizes {
  readonly inspector: number;
  readonly drawer: number;
}

/** Groups are named so that the shell finds drawer and inspector again after they were hidden. */
type Area = 'centre' | 'drawer' | 'inspector';

const isDrawer = ({ place }: PanelDefinition): boolean => place === 'drawer' || place === 'drawer-right';
const areaOf = (panel: PanelDefinition): Area => (panel.place === 'centre' ? 'centre' : isDrawer(panel) ? 'drawer' : 'inspector');

/** Empties the dock and builds the arrangement that the product comes with. */
export function buildDefault(dock: DockviewApi, sizes: DockSizes): void {
  dock.clear();
  const open = PANELS.filter((panel) => panel.isOpen);
  const add = (
    panel: PanelDefinition,
    position?: Parameters<DockviewApi['addPanel']>[0]['position'],
    size?: { initialWidth?: number; initialHeight?: number },
  ) => dock.addPanel({ id: panel.id, title: panel.title, component: panel.id, ...(position && { position }), ...size });
  // The inspector before the drawer: it reaches from top to bottom, and the drawer lies below the centre alone.
  const order: readonly PanelDefinition['place'][] = ['centre', 'inspector', 'inspector-below', 'drawer', 'drawer-right'];
  const firsts = new Map<PanelDefinition['place'], string>();
  for (const place of order) {
    for (const panel of open.filter((each) => each.place === place)) {
      const first = firsts.get(place);
      const centre = firsts.get('centre');
      const inspector = firsts.get('inspector');
      const drawer = firsts.get('drawer');
      if (first !== undefined) add(panel, { referencePanel: first, direction: 'within' });
      else if (centre === undefined) add(panel);
      else if (place === 'drawer-right' && drawer !== undefined) add(panel, { referencePanel: drawer, direction: 'right' });
      else if (isDrawer(panel)) add(panel, { referencePanel: centre, direction: 'below' }, sizeIn(panel, sizes));
      else if (place === 'inspector-below' && inspector !== undefined) add(panel, { referencePanel: inspector, direction: 'below' });
      else add(panel, { direction: 'right' }, sizeIn(panel, sizes));
      if (first === undefined) firsts.set(place, panel.id);
    }
  }
  for (const id of firsts.values()) dock.getPanel(id)?.api.setActive();
}

const sizeIn = (panel: PanelDefinition, sizes: DockSizes) => (isDrawer(panel) ? { initialHeight: sizes.drawer } : { initialWidth: sizes.inspector });

/** Opens a panel, or brings it to the front. A new one opens where others of its place are. */
export function openPanel(dock: DockviewApi, id: string, sizes: DockSizes): void {
  const panel = panelOf(id);
  if (!panel) return;
  const there = dock.getPanel(id);
  if (there) {
    if (!there.group.api.isVisible) there.group.api.setVisible(true);
    // Another group fills the window: what was asked for is to be seen.
    if (dock.hasMaximizedGroup() && !there.group.api.isMaximized()) dock.exitMaximizedGroup();
    there.api.setActive();
    return;
  }
  if (dock.hasMaximizedGroup()) dock.exitMaximizedGroup();
  const groups = groupsOf(dock, areaOf(panel));
  const group = groups.find((each) => each.panels.some((other) => panelOf(other.id)?.place === panel.place)) ?? groups[0];
  const direction = isDrawer(panel) ? 'below' : 'right';
  if (group) group.api.setVisible(true);
  dock.addPanel({
    id,
    title: panel.title,
    component: id,
    position: group ? { referenceGroup: group, direction: 'within' } : { direction },
    ...(group ? {} : sizeIn(panel, sizes)),
  });
}

/** Groups that hold nothing but panels of an area: what "drawer" and "inspector" mean after panels were moved about. */
export function groupsOf(dock: DockviewApi, area: Area) {
  return dock.groups.filter(
    (group) =>
      group.api.location.type === 'grid' &&
      group.panels.length > 0 &&
      group.panels.every((each) => {
        const panel = panelOf(each.id);
        return panel !== undefined && areaOf(panel) === area;
      }),
  );
}

/** Less and the heads of their panels are cut; a window that is made smaller takes from the middle first. */
const LEAST_WIDTH = { inspector: 280, drawer: 240 } as const;

/** Groups that keep a width in which their panels can be used. */
export function keepWidths(dock: DockviewApi): void {
  for (const area of ['inspector', 'drawer'] as const) {
    for (const group of groupsOf(dock, area)) {
      if (group.minimumWidth !== LEAST_WIDTH[area]) group.api.setConstraints({ minimumWidth: LEAST_WIDTH[area] });
    }
  }
}

/** Width of a group, and its share of the window's height. */
export interface GroupSize {
  readonly width: number;
  readonly tall: number;
}

/** Of each group by id, as a text tells it. */
export function sizesIn(text: string): ReadonlyMap<string, GroupSize> {
  const sizes = new Map<string, GroupSize>();
  const layout = readLayout(text);
  if (!layout) return sizes;
  const all = layout.grid.height;
  // A part's size is that along the line in which it lies beside its sisters.
  const visit = (node: LayoutNode, isRow: boolean, outer: { readonly width: number; readonly height: number }) => {
    const size = node.size ?? (isRow ? outer.width : outer.height);
    const own = isRow ? { ...outer, width: size } : { ...outer, height: size };
    if (node.type === 'branch') for (const child of node.data) visit(child, !isRow, own);
    else sizes.set(node.data.id, { width: own.width, tall: own.height / all });
  };
  visit(layout.grid.root as LayoutNode, `${layout.grid.orientation}` !== 'HORIZONTAL', layout.grid);
  return sizes;
}

type LayoutNode =
  | { readonly type: 'branch'; readonly size?: number; readonly data: readonly LayoutNode[] }
  | { readonly type: 'leaf'; readonly size?: number; readonly data: { readonly id: string } };

/** Of the window's width, so that the middle stays the larger part. */
const MOST_OF_WIDTH = 0.4;

/**
 * In a window of another size the dock shares out the width among all parts. But what is picked needs no more of it in a wide one: the middle does. And
 * what was squeezed in a small one has its size again.
 */
export function keepInspectorSize(dock: DockviewApi, sizes: ReadonlyMap<string, GroupSize>): void {
  if (dock.hasMaximizedGroup()) return;
  for (const group of groupsOf(dock, 'inspector')) {
    const size = sizes.get(group.id);
    if (!size || !group.api.isVisible) continue;
    const width = Math.max(LEAST_WIDTH.inspector, Math.min(size.width, dock.width * MOST_OF_WIDTH));
    const height = size.tall * dock.height;
    if (Math.abs(group.api.width - width) > 1) group.api.setSize({ width });
    if (Math.abs(group.api.height - height) > 1) group.api.setSize({ height });
  }
}

/** A window that changed its size while one panel filled it has forgotten how the drawer was shared out. */
export function keepDrawerSize(dock: DockviewApi, sizes: ReadonlyMap<string, GroupSize>): void {
  if (dock.hasMaximizedGroup()) return;
  const groups = groupsOf(dock, 'drawer').filter((group) => group.api.isVisible && sizes.has(group.id));
  const sum = (widthOf: (group: (typeof groups)[number]) => number) => groups.reduce((all, group) => all + widthOf(group), 0);
  const wide = sum((group) => group.api.width) / sum((group) => sizes.get(group.id)?.width ?? 0);
  for (const group of groups) {
    const { width = 0, tall = 0 } = sizes.get(group.id) ?? {};
    if (Math.abs(group.api.height - tall * dock.height) > 1) group.api.setSize({ height: tall * dock.height });
    if (Math.abs(group.api.width - width * wide) > 1) group.api.setSize({ width: width * wide });
  }
}

/** Which sizes the text is of: those of the window, and how much of it is hidden. */
function frameOf(text: string): string {
  const { grid } = JSON.parse(text) as SerializedDockview;
  return `${grid.width} ${grid.height} ${text.split('"visible":false').length}`;
}

export const isSameFrame = (before: string, after: string): boolean => frameOf(before) === frameOf(after);

/** The arrangement as text. That a panel fills the window for a while is no part of it. */
export function layoutText(dock: DockviewApi): string {
  const { grid, ...rest } = dock.toJSON();
  const { maximizedNode: _maximised, ...kept } = grid as typeof grid & { maximizedNode?: unknown };
  return JSON.stringify({ grid: kept, ...rest });
}

/**
 * Whether panels were rearranged between two texts, so that it can be undone. Not: another tab in front, another panel with the focus, an area that was
 * hidden or shown, and what sizes become in a window of another size.
 */
export function isRearranged(before: string, after: string): boolean {
  const [was, is] = [before, after].map((text) =>
    JSON.stringify(JSON.parse(text), (key, value) => (key === 'visible' || key === 'activeGroup' || key === 'activeView' ? undefined : value)),
  );
  return was !== is && isSameFrame(before, after);
}

/** Arranges the panels as a kept text says. False: it is none, and nothing was changed for good. */
export function applyLayout(dock: DockviewApi, text: string): boolean {
  const layout = readLayout(text);
  if (!layout) return false;
  try {
    dock.fromJSON(layout, { reuseExistingPanels: true });
    return dock.totalPanels > 0;
  } catch {
    // Half built: the caller builds another arrangement over it.
    return false;
  }
}

/** What a text says. Undefined: not an arrangement. */
export function readLayout(text: string): SerializedDockview | undefined {
  let layout: SerializedDockview;
  try {
    layout = JSON.parse(text) as SerializedDockview;
  } catch {
    return undefined;
  }
  if (typeof layout !== 'object' || layout === null || typeof layout.panels !== 'object' || layout.panels === null || !layout.grid?.root) return undefined;
  const ids = Object.keys(layout.panels);
  if (ids.length === 0 || ids.some((id) => panelOf(id) === undefined)) return undefined;
  for (const id of ids) {
    const panel = layout.panels[id];
    if (!panel || panel.contentComponent !== id) return undefined;
    panel.title = panelOf(id)?.title ?? id;
  }
  // Only what lies in the grid: windows of its own would need an address of their own.
  const { floatingGroups: _floating, popoutGroups: _popouts, ...rest } = layout;
  return rest as SerializedDockview;
}
