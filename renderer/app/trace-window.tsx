/** One open trace: toolbar, sidebar, graphs, inspector, drawer, status bar. */
import { Minimize2, PanelRightOpen, TriangleAlert, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { ConsolePanel } from '../features/console/index.ts';
import { CounterList, CounterPanels } from '../features/counters/index.ts';
import { EventsPanel } from '../features/events/index.ts';
import { FunctionsPanel } from '../features/functions/index.ts';
import { ObjectInspector, ObjectList } from '../features/objects/index.ts';
import { RunPluginList, useRunPlugins, ViewSwitch } from '../features/plugins/index.ts';
import { RunsList } from '../features/recordings/index.ts';
import { mainNotice, StatusBar, standing, Toolbar } from '../features/session/index.ts';
import { selectRunPlugin } from '../state/plugin-store.ts';
import { sessionState, useSession, useSessions } from '../state/session-store.ts';
import { changeSettings, settingsState } from '../state/settings-store.ts';
import { activateTrace, traceState, useOpenTraces } from '../state/trace-store.ts';
import { useCalmSummary } from '../state/use-calm-summary.ts';
import { setWindow, useWindow } from '../state/window-store.ts';
import { formatBytes } from '../state/words.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { Icon, IconButton, Pane, Progress, SplitLine, SplitPane, Tabs } from '../widgets/index.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { TimeControls } from './time-controls.tsx';
import './trace-window.css';
import type { Actions } from './use-actions.ts';
import { useMedia } from './use-media.ts';

const NARROW = '(max-width: 1400px)';
const SMALL = '(max-width: 1119px)';

export interface TraceWindowProps {
  readonly trace: TraceId;
  readonly actions: Actions;
  /** In place of the run controls: a report has nothing to run. */
  readonly bar?: ReactNode;
}

export function TraceWindow({ trace, actions, bar }: TraceWindowProps) {
  const narrow = useMedia(NARROW);
  const small = useMedia(SMALL);
  const { sidebarOpen, drawerOpen, inspectorOpen } = useWindow((state) => state);
  const settings = settingsState();
  // The first sizes; afterwards the panes keep their own. Narrow windows have sizes of their own, which are not remembered.
  const sidebar = narrow ? Math.min(settings.sidebarWidth, 196) : settings.sidebarWidth;
  const inspector = narrow ? Math.min(settings.inspectorWidth, 304) : settings.inspectorWidth;
  const drawer = useMedia('(max-height: 860px)') ? Math.min(settings.drawerHeight, 216) : settings.drawerHeight;

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
      <main className="trace-window-body" aria-label="Graphs and lists">
        {/* Another id where the panes differ: each arrangement has its own sizes. */}
        <SplitPane
          id={`columns-${narrow}`}
          key={`${narrow}`}
          orientation="horizontal"
          onResized={(sizes) => !narrow && changeSettings({ sidebarWidth: sizes.sidebar ?? sidebar, inspectorWidth: sizes.inspector ?? inspector })}
        >
          {sidebarOpen && (
            <>
              <Pane id="sidebar" size={sidebar} min={160} max={420}>
                <Sidebar trace={trace} actions={actions} />
              </Pane>
              <SplitLine label="Width of the sidebar" />
            </>
          )}
          <Pane id="center" min={320}>
            <SplitPane id="rows" orientation="vertical" onResized={(sizes) => !narrow && changeSettings({ drawerHeight: sizes.drawer ?? drawer })}>
              <Pane id="graphs" min={120}>
                <div className="shell-center">
                  <TraceNotices trace={trace} />
                  <ViewSwitch trace={trace} />
                  <ErrorBoundary what="The graphs" key={trace}>
                    <CounterPanels trace={trace} />
                  </ErrorBoundary>
                </div>
              </Pane>
              {drawerOpen && (
                <>
                  <SplitLine label="Height of the drawer" />
                  <Pane id="drawer" size={drawer} min={120}>
                    <Drawer trace={trace} />
                  </Pane>
                </>
              )}
            </SplitPane>
          </Pane>
          {inspectorOpen && !small && (
            <>
              <SplitLine label="Width of the inspector" />
              <Pane id="inspector" size={inspector} min={240} max={640}>
                <Inspector trace={trace} />
              </Pane>
            </>
          )}
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
    <aside className="shell-sidebar" aria-label="Sidebar">
      <RunsList
        marksOf={(id, session) => standing(session === undefined ? undefined : sessionState()[session], traceState().summaries[id])}
        onOpen={activateTrace}
        onClose={actions.close}
        onNew={actions.newRun}
        elsewhere={elsewhere}
        onShowElsewhere={actions.showElsewhere}
      />
      <ErrorBoundary what="The list" key={trace}>
        <SideSection name="Counter list" title="Counters">
          <CounterList trace={trace} />
        </SideSection>
        <SideSection name="Object list" title="Objects">
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
    <SideSection name="Plugins of this run" title="Plugins">
      <RunPluginList
        plugins={plugins}
        onOpen={(plugin) => {
          actions.showPlugins();
          selectRunPlugin(plugin.spec, plugin.processes[0]?.state.file);
        }}
      />
    </SideSection>
  );
}

function Inspector({ trace, onClose }: { readonly trace: TraceId; readonly onClose?: () => void }) {
  return (
    <aside className="shell-inspector" aria-label="Object inspector">
      <div className="shell-panel-head">
        <h2>Object</h2>
        <IconButton icon={X} size="s" label="Close the inspector" onClick={onClose ?? (() => setWindow({ inspectorOpen: false }))} />
      </div>
      <div className="shell-inspector-body">
        <ErrorBoundary what="The object inspector" key={trace}>
          <ObjectInspector trace={trace} />
        </ErrorBoundary>
      </div>
    </aside>
  );
}

/** In small windows the inspector lies over the graphs, from when an object is chosen until it is closed. */
function InspectorOverlay({ trace }: { readonly trace: TraceId }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    // Not by the selection itself: an object may be selected without anyone having asked for it.
    const listen = (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest('[aria-label="Object list"] .side-body')) setShown(true);
    };
    document.addEventListener('click', listen);
    return () => document.removeEventListener('click', listen);
  }, []);
  if (!shown) return null;
  return (
    <div className="shell-overlay">
      <Inspector trace={trace} onClose={() => setShown(false)} />
    </div>
  );
}

function Drawer({ trace }: { readonly trace: TraceId }) {
  const tab = useWindow((state) => state.drawerTab);
  const inspectorOpen = useWindow((state) => state.inspectorOpen);
  const session = useSession(trace);
  return (
    <section className="shell-drawer" aria-label="Drawer">
      <Tabs
        label="Drawer"
        value={tab}
        onChange={(value) => setWindow({ drawerTab: value })}
        items={[
          {
            value: 'console',
            label: 'Console',
            content: (
              <ErrorBoundary what="The console" key={trace}>
                <ConsolePanel trace={trace} {...(session && { session: session.id })} />
              </ErrorBoundary>
            ),
          },
          {
            value: 'events',
            label: 'Events',
            content: (
              <ErrorBoundary what="The events" key={trace}>
                <EventsPanel trace={trace} />
              </ErrorBoundary>
            ),
          },
          {
            value: 'functions',
            label: 'Functions',
            content: (
              <ErrorBoundary what="The functions" key={trace}>
                <FunctionsPanel trace={trace} />
              </ErrorBoundary>
            ),
          },
        ]}
        tools={
          <>
            {!inspectorOpen && <IconButton icon={PanelRightOpen} size="s" label="Show the inspector" onClick={() => setWindow({ inspectorOpen: true })} />}
            <IconButton icon={Minimize2} size="s" label="Close the drawer" keys="Q" onClick={() => setWindow({ drawerOpen: false })} />
          </>
        }
      />
    </section>
  );
}

function TraceNotices({ trace }: { readonly trace: TraceId }) {
  const summary = useCalmSummary(trace);
  const session = useSession(trace);
  const notice = mainNotice(session, summary?.notices ?? []);
  if (!summary) return null;
  return (
    <>
      {summary.phase === 'loading' && summary.totalBytes !== undefined && summary.totalBytes > 4e6 && (
        <div className="trace-loading" role="status">
          <span>
            {formatBytes(summary.loadedBytes)} of {formatBytes(summary.totalBytes)} read. What is there can be used already.
          </span>
          <Progress label="Loading" share={summary.loadedBytes / summary.totalBytes} />
        </div>
      )}
      {notice && (
        <section className="trace-notice" aria-label="About this trace">
          <Icon of={TriangleAlert} />
          <span role={session?.recordingProblem === undefined ? 'status' : 'alert'}>
            {notice.message} {notice.remedy}
          </span>
        </section>
      )}
    </>
  );
}
