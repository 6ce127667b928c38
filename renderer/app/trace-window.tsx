/** One open trace: toolbar, sidebar, graphs, inspector, drawer, status bar. */
import { TriangleAlert, X } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { CounterList } from '../features/counters/index.ts';
import { ObjectList } from '../features/objects/index.ts';
import { RunPluginList, useRunPlugins, ViewSwitch } from '../features/plugins/index.ts';
import { RunsList } from '../features/recordings/index.ts';
import { mainNotice, ReadingBar, StatusBar, standing, Toolbar } from '../features/session/index.ts';
import { selectRunPlugin } from '../state/plugin-store.ts';
import { sessionState, useSession, useSessions } from '../state/session-store.ts';
import { changeSettings, settingsState } from '../state/settings-store.ts';
import { activateTrace, traceState, useOpenTraces } from '../state/trace-store.ts';
import { useCalmSummary } from '../state/use-calm-summary.ts';
import { useView } from '../state/view-store.ts';
import { useWindow } from '../state/window-store.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { Icon, IconButton, Pane, SplitLine, SplitPane, Tabs } from '../widgets/index.ts';
import { Dock } from './dock/dock.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { PANELS } from './panels.ts';
import { TimeControls } from './time-controls.tsx';
import './trace-window.css';
import type { Actions } from './use-actions.ts';
import { useMedia } from './use-media.ts';
import { useTellingPanels } from './use-telling-panels.ts';
import { words } from './words.ts';

const NARROW = '(max-width: 1400px)';
const SMALL = '(max-width: 1119px)';
const SHORT = '(max-height: 700px)';

export interface TraceWindowProps {
  readonly trace: TraceId;
  readonly actions: Actions;
  /** In place of the run controls: a report has nothing to run. */
  readonly bar?: ReactNode;
}

export function TraceWindow({ trace, actions, bar }: TraceWindowProps) {
  const narrow = useMedia(NARROW);
  const small = useMedia(SMALL);
  const sidebarOpen = useWindow((state) => state.sidebarOpen);
  useTellingPanels(trace);
  const settings = settingsState();
  // The first sizes; afterwards the panes keep their own. Narrow windows have sizes of their own, which are not remembered.
  const sidebar = narrow ? Math.min(settings.sidebarWidth, 196) : settings.sidebarWidth;
  const inspector = narrow ? Math.min(settings.inspectorWidth, 304) : settings.inspectorWidth;
  const drawer = useMedia(SHORT) ? Math.min(settings.drawerHeight, 200) : settings.drawerHeight;

  return (
    <div className="trace-window">
      {bar !== undefined ? (
        bar
      ) : (
        <Toolbar
          trace={trace}
          onRun={actions.runAgain}
          onStop={actions.stop}
          onRestart={actions.restart}
          onRecord={actions.record}
          onSaveLast={actions.saveLast}
          onConfigure={actions.configure}
        >
          <TimeControls trace={trace} />
        </Toolbar>
      )}
      <main className="trace-window-body" aria-label={words.graphsAndLists}>
        {/* Another id where the panes differ: each arrangement has its own sizes. */}
        <SplitPane
          id={`columns-${narrow}`}
          key={`${narrow}`}
          orientation="horizontal"
          onResized={(sizes) => !narrow && changeSettings({ sidebarWidth: sizes.sidebar ?? sidebar })}
        >
          {sidebarOpen && (
            <>
              <Pane id="sidebar" size={sidebar} min={160} max={420}>
                <Sidebar trace={trace} actions={actions} />
              </Pane>
              <SplitLine label={words.widthOfTheSidebar} />
            </>
          )}
          <Pane id="center" min={320}>
            <div className="shell-center">
              <TraceNotices trace={trace} />
              <ViewSwitch trace={trace} />
              <Dock trace={trace} sizes={{ inspector, drawer }} saved={settings.layout} withInspector={!small} />
            </div>
          </Pane>
        </SplitPane>
      </main>
      {small && <InspectorOverlay trace={trace} />}
      <StatusBar trace={trace} />
    </div>
  );
}

function SideSection({
  name,
  title,
  count,
  children,
}: {
  readonly name: string;
  readonly title: string;
  readonly count?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="side-section side-fill" aria-label={name}>
      <div className="side-head">
        <h2>{title}</h2>
        <span className="run-value" style={{ paddingRight: 6 }}>
          {count}
        </span>
      </div>
      <div className="side-body">{children}</div>
    </section>
  );
}

function Sidebar({ trace, actions }: { readonly trace: TraceId; readonly actions: Actions }) {
  const sessions = useSessions();
  const open = useOpenTraces();
  const elsewhere = Object.values(sessions).filter((session) => session.state !== 'ended' && !open.some((each) => each.recording === session.recording));
  return (
    <aside className="shell-sidebar" aria-label={words.sidebar}>
      <RunsList
        marksOf={(id, session) => standing(session === undefined ? undefined : sessionState()[session], traceState().summaries[id])}
        onOpen={activateTrace}
        onClose={actions.close}
        onNew={actions.newRun}
        elsewhere={elsewhere}
        onShowElsewhere={actions.showElsewhere}
      />
      <ErrorBoundary what="The list" key={trace}>
        <SideSection name="Counter list" title={words.counters}>
          <CounterList trace={trace} />
        </SideSection>
        <SideSection name="Object list" title={words.objects}>
          <ObjectList trace={trace} />
        </SideSection>
        <PluginSection trace={trace} actions={actions} />
      </ErrorBoundary>
    </aside>
  );
}

/** Only in a run with plugins. */
function PluginSection({ trace, actions }: { readonly trace: TraceId; readonly actions: Actions }) {
  const plugins = useRunPlugins(trace);
  if (plugins.length === 0) return null;
  return (
    <SideSection name="Plugins of this run" title={words.plugins}>
      <RunPluginList
        plugins={plugins}
        onOpen={(plugin) => {
          actions.showPlugins();
          selectRunPlugin({ spec: plugin.spec, file: plugin.processes[0]?.state.file });
        }}
      />
    </SideSection>
  );
}

/** In small windows the inspector lies over the graphs, from when something is chosen until it is closed. */
function InspectorOverlay({ trace }: { readonly trace: TraceId }) {
  const [shown, setShown] = useState(false);
  const panels = PANELS.filter((panel) => panel.isOpen && (panel.place === 'inspector' || panel.place === 'inspector-below'));
  const [tab, setTab] = useState(panels[0]?.id ?? '');
  useEffect(() => {
    // Not by the selection itself: an object may be selected without anyone having asked for it.
    const listen = (event: MouseEvent) => {
      if (!(event.target instanceof Element) || !event.target.closest('[aria-label="Object list"] .side-body')) return;
      setTab('object');
      setShown(true);
    };
    document.addEventListener('click', listen);
    return () => document.removeEventListener('click', listen);
  }, []);
  const slice = useView(trace, (view) => (view.selection?.kind === 'slice' ? view.selection.slice.ref : 0));
  const before = useRef(slice);
  useEffect(() => {
    if (slice === before.current) return;
    before.current = slice;
    if (slice === 0) return;
    setTab('selection');
    setShown(true);
  }, [slice]);
  if (!shown) return null;
  return (
    <aside className="shell-overlay shell-inspector" aria-label={words.inspector}>
      <Tabs
        label={words.inspector}
        value={tab}
        onChange={setTab}
        items={panels.map(({ id, title, component: Panel }) => ({
          value: id,
          label: title,
          content: (
            <ErrorBoundary what={title} key={trace}>
              <Suspense fallback={null}>
                <Panel trace={trace} />
              </Suspense>
            </ErrorBoundary>
          ),
        }))}
        tools={<IconButton icon={X} size="s" label={words.closeInspector} onClick={() => setShown(false)} />}
      />
    </aside>
  );
}

function TraceNotices({ trace }: { readonly trace: TraceId }) {
  const summary = useCalmSummary(trace);
  const session = useSession(trace);
  const notice = mainNotice(session, summary?.notices ?? []);
  if (!summary) return null;
  return (
    <>
      <ReadingBar trace={trace} />
      {notice && (
        <section className="trace-notice" aria-label={words.aboutThisTrace}>
          <Icon of={TriangleAlert} />
          <span role={session?.recordingProblem === undefined ? 'status' : 'alert'}>
            {notice.message} {notice.remedy}
          </span>
        </section>
      )}
    </>
  );
}
