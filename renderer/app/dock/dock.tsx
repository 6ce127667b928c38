/** The panels of a trace: docked, split, resized, maximised and closed by the user, and remembered. */
import { type DockviewApi, DockviewReact, type IDockviewHeaderActionsProps, type IDockviewPanelHeaderProps, type IDockviewPanelProps } from 'dockview-react';
import 'dockview-react/dist/styles/dockview.css';
import { Ellipsis, Maximize2, Minimize2 } from 'lucide-react';
import { createContext, type FunctionComponent, Suspense, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { forgetEdits, LAYOUT, noteEdit } from '../../state/edit-history.ts';
import { layoutState, setLayout } from '../../state/layout-store.ts';
import { notePanels, panelWasShown, showPanel, usePanelRequest } from '../../state/panel-store.ts';
import { changeSettings } from '../../state/settings-store.ts';
import { setWindow, useWindow } from '../../state/window-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { IconButton, isMenuKey, Menu, type MenuEntry, type MenuPoint } from '../../widgets/index.ts';
import { ErrorBoundary } from '../error-boundary.tsx';
import { PANELS, panelOf } from '../panels.ts';
import './dock.css';
import {
  applyLayout,
  buildDefault,
  type DockSizes,
  type GroupSize,
  groupsOf,
  isRearranged,
  isSameFrame,
  keepDrawerSize,
  keepInspectorSize,
  keepWidths,
  layoutText,
  openPanel,
  sizesIn,
} from './dock-layout.ts';
import { words } from './words.ts';

const TraceContext = createContext<TraceId>('');
/** Sizes of the groups as they were chosen last: they outlive a dock that is laid out anew for a window of another size. */
let kept: ReadonlyMap<string, GroupSize> | undefined;
const KEY = 'studio.layout';
/** The panel that fills the window: it does so in a dock that is laid out anew, too. */
let filling: { readonly trace: TraceId; readonly panel: string } | undefined;
/** Sizes change with each pixel of a drag. */
const SETTLED_MS = 250;

/** Only what can be seen is there: a hidden panel asks nothing of the worker. */
function PanelFrame({ api }: IDockviewPanelProps) {
  const trace = useContext(TraceContext);
  const [visible, setVisible] = useState(api.isVisible);
  useEffect(() => {
    setVisible(api.isVisible);
    const listening = api.onDidVisibilityChange((event) => setVisible(event.isVisible));
    return () => listening.dispose();
  }, [api]);
  const panel = panelOf(api.id);
  if (!visible || !panel) return null;
  const Panel = panel.component;
  return (
    <div className="dock-panel">
      <ErrorBoundary what={panel.title} key={trace}>
        <Suspense fallback={null}>
          <Panel trace={trace} />
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}

/** What was changed just before is a change of its own, to be undone by itself. */
const settle = () => layoutState().control?.settle();

const COMPONENTS: Record<string, FunctionComponent<IDockviewPanelProps>> = Object.fromEntries(PANELS.map((panel) => [panel.id, PanelFrame]));

function Tab({ api }: IDockviewPanelHeaderProps) {
  const panel = panelOf(api.id);
  const Count = panel?.count;
  const trace = useContext(TraceContext);
  const words = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // The dock names a tab by its title alone; with a number beside it, what it is called is what it says.
    if (Count) words.current?.closest('[role="tab"]')?.removeAttribute('aria-label');
  }, [Count]);
  return (
    <span className="dock-tab" ref={words}>
      {panel?.title ?? api.id}
      {Count && (
        <>
          {' '}
          <Suspense fallback={null}>
            <Count trace={trace} />
          </Suspense>
        </>
      )}
    </span>
  );
}

function HeaderActions({ containerApi, group, panels, activePanel }: IDockviewHeaderActionsProps) {
  const [maximised, setMaximised] = useState(group.api.isMaximized());
  useEffect(() => {
    const listening = containerApi.onDidMaximizedGroupChange(() => setMaximised(group.api.isMaximized()));
    return () => listening.dispose();
  }, [containerApi, group]);
  const [menu, setMenu] = useState<{ readonly open: boolean; readonly at?: MenuPoint }>({ open: false });
  // The same menu on a tab: by the right mouse button, or by its key.
  useEffect(() => {
    const { element } = group;
    const open = (event: Event, at: (tab: HTMLElement) => MenuPoint) => {
      const tab = event.target instanceof Element ? event.target.closest<HTMLElement>('.dv-tab') : null;
      if (!tab?.parentElement) return;
      event.preventDefault();
      event.stopPropagation();
      group.panels[[...tab.parentElement.querySelectorAll('.dv-tab')].indexOf(tab)]?.api.setActive();
      setMenu({ open: true, at: at(tab) });
    };
    const off = new AbortController();
    const { signal } = off;
    element.addEventListener('contextmenu', (event) => open(event, () => ({ x: event.clientX, y: event.clientY })), { signal });
    const below = (tab: HTMLElement) => ({ x: tab.getBoundingClientRect().left, y: tab.getBoundingClientRect().bottom });
    element.addEventListener('keydown', (event) => isMenuKey(event) && open(event, below), { signal });
    return () => off.abort();
  }, [group]);
  const title = activePanel?.title ?? 'the panels';
  const split = (direction: 'right' | 'below') => {
    settle();
    if (activePanel) activePanel.api.moveTo({ group, position: direction === 'right' ? 'right' : 'bottom' });
  };
  const moveTo = (other: IDockviewHeaderActionsProps['group']) => {
    settle();
    activePanel?.api.moveTo({ group: other });
  };
  const close = () => {
    settle();
    activePanel?.api.close();
  };
  const toggleMaximised = () => {
    settle();
    if (maximised) group.api.exitMaximized();
    else group.api.maximize();
  };
  const closed = PANELS.filter((panel) => containerApi.getPanel(panel.id) === undefined);
  const size = (width: number, height: number) => group.api.setSize({ width: group.api.width + width, height: group.api.height + height });
  const alone = panels.length < 2 ? { disabled: true, meta: words.alone } : {};
  const stays = activePanel?.id === 'timeline' ? { disabled: true, meta: words.stays } : {};
  const entries: readonly MenuEntry[] = [
    { label: 'Split to the right', ...alone, onSelect: () => split('right') },
    { label: 'Split below', ...alone, onSelect: () => split('below') },
    ...(containerApi.groups.length > 1
      ? ([
          { kind: 'line' },
          ...containerApi.groups
            .filter((other) => other !== group && other.activePanel && other.api.isVisible)
            .map((other) => ({ label: `Move to ${other.activePanel?.title ?? ''}`, onSelect: () => moveTo(other) })),
          { kind: 'line' },
          { label: 'Wider', onSelect: () => size(40, 0) },
          { label: 'Narrower', onSelect: () => size(-40, 0) },
          { label: 'Taller', onSelect: () => size(0, 40) },
          { label: 'Lower', onSelect: () => size(0, -40) },
        ] as readonly MenuEntry[])
      : []),
    ...(closed.length > 0
      ? ([
          { kind: 'line' },
          { kind: 'title', label: 'Open' },
          ...closed.map((panel) => ({ label: panel.title, icon: panel.icon, onSelect: () => showPanel(panel.id) })),
        ] as readonly MenuEntry[])
      : []),
    { kind: 'line' },
    { label: `Close ${title}`, ...stays, onSelect: close },
  ];
  return (
    <div className="dock-actions">
      <IconButton
        icon={maximised ? Minimize2 : Maximize2}
        size="s"
        label={maximised ? words.makeSmallAgain(title) : words.makeFillTheWindow(title)}
        onClick={toggleMaximised}
      />
      <Menu
        align={menu.at ? 'start' : 'end'}
        open={menu.open}
        onOpen={(open) => setMenu({ open })}
        at={menu.at}
        trigger={<IconButton icon={Ellipsis} size="s" label={words.arrange(title)} />}
        entries={entries}
      />
    </div>
  );
}

export interface DockProps {
  readonly trace: TraceId;
  readonly sizes: DockSizes;
  /** Arrangement that a new window begins with. */
  readonly saved: string;
  /** In small windows the inspector lies over the others. */
  readonly withInspector: boolean;
}

export function Dock({ trace, sizes, saved, withInspector }: DockProps) {
  const [dock, setDock] = useState<DockviewApi>();
  const place = useRef<HTMLDivElement>(null);
  const first = useRef({ sizes, saved });
  const shown = useRef(trace);
  shown.current = trace;
  const request = usePanelRequest();
  const { drawerOpen, inspectorOpen } = useWindow((state) => state);

  useEffect(() => {
    if (!dock) return;
    const { sizes, saved } = first.current;
    let now: string | undefined;
    let last: string | undefined;
    const tell = () => setLayout({ open: dock.panels.map((panel) => panel.id) });
    const looks = () => {
      // A lone timeline needs no tab; beside others it does.
      for (const group of dock.groups) {
        group.header.hidden = group.panels.length === 1 && group.panels[0]?.id === 'timeline';
        // The panels are regions of their own: a second one of the same name would only be in the way.
        group.element.setAttribute('role', 'group');
      }
      keepWidths(dock);
      notePanels(dock.groups.flatMap((group) => (group.activePanel?.api.isVisible ? [group.activePanel.id] : [])));
    };
    const restore = (text: string, sizes = sizesIn(text)): boolean => {
      if (!applyLayout(dock, text)) return false;
      kept = sizes;
      keepInspectorSize(dock, kept);
      return true;
    };
    const replay = (text: string) => {
      restore(text);
      // The same arrangement in the dock's own words, as it settles: no change of its own.
      now = undefined;
      looks();
      tell();
    };
    const note = (text: string) => {
      const before = now;
      now = text;
      if (before === undefined || !isRearranged(before, text)) return;
      noteEdit({ label: 'change of the panels', of: LAYOUT, undo: () => replay(before), redo: () => replay(text) });
    };
    if (!restore(remembered() ?? '', kept) && !restore(saved)) buildDefault(dock, sizes);
    note(layoutText(dock));
    looks();
    tell();
    kept ??= sizesIn(layoutText(dock));
    if (filling?.trace === shown.current) dock.getPanel(filling.panel)?.api.maximize();
    filling = undefined;
    // Behind the dock's own, which shares out the new width, and behind what is hidden or shown in a window of that size.
    const watch = new ResizeObserver(() =>
      requestAnimationFrame(() => {
        if (kept) keepInspectorSize(dock, kept);
        bringTabsIntoSight(dock);
      }),
    );
    if (place.current) watch.observe(place.current);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settled = () => {
      clearTimeout(timer);
      timer = undefined;
      // The words of a tab that is new are there by now.
      bringTabsIntoSight(dock);
      // Sizes of what lies behind it are told when it is small again.
      if (dock.hasMaximizedGroup()) {
        last = undefined;
        tell();
        return;
      }
      const text = layoutText(dock);
      // Sizes that the user has chosen, not those that come of another window.
      if (last !== undefined && isSameFrame(last, text)) kept = sizesIn(text);
      last = text;
      note(text);
      tell();
      remember(text);
      changeSettings({ layout: text });
    };
    // A page that goes away takes its timers along.
    const flush = () => timer !== undefined && settled();
    window.addEventListener('pagehide', flush);
    const listening = [
      dock.onDidLayoutChange(() => {
        looks();
        clearTimeout(timer);
        timer = setTimeout(settled, SETTLED_MS);
      }),
      dock.onDidActivePanelChange(() => {
        looks();
        // When it is known how many tabs have no room.
        requestAnimationFrame(() => bringTabsIntoSight(dock));
      }),
      dock.onDidMaximizedGroupChange(() => {
        // In a window that has another size since then.
        if (kept) {
          keepInspectorSize(dock, kept);
          keepDrawerSize(dock, kept);
        }
        requestAnimationFrame(() => bringTabsIntoSight(dock));
      }),
    ];
    setLayout({
      control: {
        openPanel: (id) => {
          settled();
          openPanel(dock, id, sizes);
        },
        closePanel: (id) => {
          settled();
          dock.getPanel(id)?.api.close();
        },
        reset: () => {
          buildDefault(dock, sizes);
          setWindow({ drawerOpen: true, inspectorOpen: true });
        },
        settle: settled,
        text: () => layoutText(dock),
        apply: (text) => restore(text),
        toggleMaximised: (id) => {
          settled();
          if (dock.hasMaximizedGroup()) dock.exitMaximizedGroup();
          else (id === undefined ? dock.activePanel : dock.getPanel(id))?.api.maximize();
        },
      },
    });
    return () => {
      const panel = filledBy(dock)?.activePanel?.id;
      filling = panel === undefined ? undefined : { trace: shown.current, panel };
      flush();
      window.removeEventListener('pagehide', flush);
      watch.disconnect();
      for (const each of listening) each.dispose();
      setLayout({ control: undefined, open: [] });
      forgetEdits(LAYOUT);
      notePanels([]);
    };
  }, [dock]);

  useEffect(() => {
    if (!dock || !request) return;
    for (const id of request.ids) {
      const panel = panelOf(id);
      if (panel?.place === 'drawer' || panel?.place === 'drawer-right') setWindow({ drawerOpen: true });
      else if (panel && panel.place !== 'centre') setWindow({ inspectorOpen: true });
      openPanel(dock, id, first.current.sizes);
    }
    panelWasShown();
  }, [dock, request]);

  useEffect(() => {
    if (!dock) return;
    // A panel that fills the window goes on to, unless it is what is hidden: the dock ends it when another one is hidden or shown.
    const full = filledBy(dock);
    for (const group of groupsOf(dock, 'drawer')) group.api.setVisible(drawerOpen);
    for (const group of groupsOf(dock, 'inspector')) group.api.setVisible(inspectorOpen && withInspector);
    if (full?.api.isVisible && dock.groups.includes(full)) full.api.maximize();
    if (kept) keepInspectorSize(dock, kept);
  }, [dock, drawerOpen, inspectorOpen, withInspector]);

  const theme = useMemo(() => ({ name: 'studio', className: 'dock-theme' }), []);
  return (
    <TraceContext.Provider value={trace}>
      <div className="dock-place" ref={place}>
        <DockviewReact
          components={COMPONENTS}
          defaultTabComponent={Tab}
          rightHeaderActionsComponent={HeaderActions}
          onReady={({ api }) => setDock(api)}
          disableFloatingGroups
          theme={theme}
          noPanelsOverlay="emptyGroup"
        />
      </div>
    </TraceContext.Provider>
  );
}

const filledBy = (dock: DockviewApi) => dock.groups.find((group) => group.api.isMaximized());

/** Of tabs that are too many for their group the one in front is seen. */
function bringTabsIntoSight(dock: DockviewApi): void {
  for (const { element } of dock.groups) {
    const tab = element.querySelector<HTMLElement>('.dv-active-tab');
    const line = tab?.parentElement;
    if (!tab || !line) continue;
    const [at, around] = [tab.getBoundingClientRect(), line.getBoundingClientRect()];
    // Both ends of the line fade.
    if (at.left < around.left + FADE_PX) line.scrollLeft -= around.left + FADE_PX - at.left;
    else if (at.right > around.right - FADE_PX) line.scrollLeft += Math.min(at.right - around.right + FADE_PX, at.left - around.left - FADE_PX);
  }
}
const FADE_PX = 14;

function remembered(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    // No storage: each window begins with what the settings say.
    return undefined;
  }
}

function remember(text: string): void {
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // As above.
  }
}
