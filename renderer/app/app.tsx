import { Keyboard, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { FilePickerProvider } from '../features/files/index.ts';
import { runCommand } from '../features/launch/index.ts';
import { PluginsScreen } from '../features/plugins/index.ts';
import { StartPage } from '../features/start/index.ts';
import { Tour, TourOffer } from '../features/tour/index.ts';
import { configForScript, launchState, setDraft, useDraft, useInspection } from '../state/launch-store.ts';
import { defaultNode, libraryState, useLibrary } from '../state/library-store.ts';
import { useSessions } from '../state/session-store.ts';
import { useSettings, useSettingsLoaded } from '../state/settings-store.ts';
import { activateTrace, useActiveTraceId, useOpenTrace, useOpenTraces } from '../state/trace-store.ts';
import { setWindow, showDialog, useWindow } from '../state/window-store.ts';
import { Icon, Kbd, Toasts, TooltipProvider } from '../widgets/index.ts';
import './app.css';
import { ConnectionBanner, type ConnectionWatch } from './connection-banner.tsx';
import { Dialogs } from './dialogs.tsx';
import { useDrop } from './drop-target.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { TitleBar } from './title-bar.tsx';
import { TraceWindow } from './trace-window.tsx';
import { type Actions, useActions } from './use-actions.ts';
import { useHostEvents } from './use-host-events.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { words } from './words.ts';

export function App({ connection }: { readonly connection: ConnectionWatch }) {
  return (
    <TooltipProvider>
      <ErrorBoundary what="The window">
        <FilePickerProvider>
          <Shell connection={connection} />
        </FilePickerProvider>
      </ErrorBoundary>
      <Toasts />
    </TooltipProvider>
  );
}

function Shell({ connection }: { readonly connection: ConnectionWatch }) {
  const actions = useActions();
  const active = useActiveTraceId();
  const ready = useSettingsLoaded();
  const tourSeen = useSettings().tourSeen;
  const screen = useWindow((state) => state.screen);
  useShortcuts(actions);
  useHostEvents(actions);
  const { dragging, dialog } = useDrop(actions);
  // Whatever opens or shows a trace wants it seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when another trace is shown.
  useEffect(() => setWindow({ screen: 'main' }), [active]);
  return (
    <div className="app">
      <TitleBar actions={actions} />
      {screen === 'plugins' && (
        <ErrorBoundary what="The plugin manager">
          <Plugins actions={actions} />
        </ErrorBoundary>
      )}
      {screen === 'main' && ready && active !== undefined && <TraceWindow trace={active} actions={actions} />}
      {/* With the settings it is known what stands over the field: nothing moves it afterwards. */}
      {screen === 'main' && ready && active === undefined && (
        <>
          <StartPage
            above={!tourSeen && <TourOffer onBegin={actions.tour} />}
            dragging={dragging}
            onRun={actions.run}
            onConfigure={() => {
              // From here the form begins with what was typed.
              setDraft(launchState().draft);
              showDialog({ kind: 'run-config' });
            }}
            onBrowse={actions.browseScript}
            onOpenTrace={actions.openTrace}
            onOpenRecent={actions.openRecent}
            onDiscardRecent={actions.discardRecent}
            onShowSession={actions.showElsewhere}
          />
          <StartStatus />
        </>
      )}
      <Dialogs actions={actions} />
      <Tour hasTrace={active !== undefined} onRunExample={() => runExample(actions)} />
      {dialog}
      <ConnectionBanner watch={connection} />
    </div>
  );
}

/** The first of the examples, for the tour. */
function runExample(actions: Actions): void {
  const { examples, recentScripts } = libraryState();
  const example = examples?.find(({ kind }) => kind === 'queue') ?? examples?.[0];
  if (example) actions.run(configForScript(example.path, recentScripts));
}

function Plugins({ actions }: { readonly actions: Actions }) {
  const active = useActiveTraceId();
  const open = useOpenTrace(active);
  const draft = useDraft();
  const inspection = useInspection();
  return (
    <PluginsScreen
      trace={active}
      runTitle={open?.title}
      command={runCommand(draft, inspection)}
      onBack={() => setWindow({ screen: 'main' })}
      onConfigure={actions.configureDraft}
      onRun={() => actions.run(draft)}
    />
  );
}

/** Which studio, which Node, and what goes on behind the start page. */
function StartStatus() {
  const info = useLibrary((library) => library.info);
  const nodes = useLibrary((library) => library.nodes);
  const open = useOpenTraces();
  const sessions = useSessions();
  const node = defaultNode(nodes);
  const running = Object.values(sessions).filter((session) => session.state !== 'ended').length;
  return (
    <section className="app-status" aria-label={words.statusBar}>
      {info && <span>{words.studio(info.version)}</span>}
      {nodes === undefined ? (
        <span className="t3">{words.lookingForNode}</span>
      ) : node ? (
        <span title={node.path}>{words.node(node.version, node.chosenBecause ?? words.nodeFrom(node.source))}</span>
      ) : (
        <span className="status-item status-notice">
          <Icon of={TriangleAlert} size="xs" />
          {words.noNode}
        </span>
      )}
      {info?.problem && (
        <span className="status-item status-notice">
          <Icon of={TriangleAlert} size="xs" />
          {info.problem.message}
        </span>
      )}
      <span className="grow" />
      {open.length > 0 && (
        <button type="button" className="status-item status-button" onClick={() => activateTrace(open.at(-1)?.trace)}>
          {words.openTraces(open.length, running)}
        </button>
      )}
      <button type="button" className="status-item status-button" onClick={() => showDialog({ kind: 'shortcuts' })}>
        <Icon of={Keyboard} size="xs" />
        {words.allShortcuts} <Kbd>?</Kbd>
      </button>
    </section>
  );
}
