/** Puts the window together over two clients: the real ones, or a test's. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { StrictMode } from 'react';
import { styleNonce } from '../bridge/host.ts';
import type { ConnectedStudio } from '../bridge/studio-client.ts';
import { connectGlances } from '../features/recordings/index.ts';
import { ClientsProvider } from '../state/clients.tsx';
import { connectExports } from '../state/export-store.ts';
import { connectLaunch } from '../state/launch-store.ts';
import { connectLibrary, loadLibrary } from '../state/library-store.ts';
import { connectNotes } from '../state/notes-store.ts';
import { connectSessions } from '../state/session-store.ts';
import { applyTheme, applyTraceMemory, connectSettings } from '../state/settings-store.ts';
import { connectTraces, setDetailBytes } from '../state/trace-store.ts';
import type { TraceClient } from '../trace/trace-worker-api.ts';
import { toast } from '../widgets/index.ts';
import { App } from './app.tsx';
import { rememberOpenTraces, reopenTraces } from './open-traces.ts';
import { words } from './words.ts';

/** Joins the state to both clients: once, before the first rendering. */
export function connectWindow(studio: ConnectedStudio, traces: TraceClient): void {
  applyTheme();
  connectTraces(traces);
  applyTraceMemory(setDetailBytes);
  connectLibrary(studio);
  connectExports(studio);
  connectNotes(studio, traces);
  connectGlances(studio, traces);
  connectLaunch(studio);
  let endSessions = connectSessions(studio);
  void connectSettings(studio);
  void loadLibrary(studio);
  void reopenTraces(studio);
  rememberOpenTraces();
  // What changed while the connection was away was not pushed.
  studio.onState((state) => {
    if (state !== 'connected') return;
    endSessions();
    endSessions = connectSessions(studio);
    void loadLibrary(studio);
  });
}

/** Without the worker nothing can be drawn; what is recorded is not touched. */
export function reportWorkerCrash(message: string): void {
  toast({ tone: 'error', key: 'worker', title: message, text: words.reloadText });
}

export function WindowRoot({ studio, traces }: { readonly studio: ConnectedStudio; readonly traces: TraceClient }) {
  const nonce = styleNonce();
  return (
    <StrictMode>
      <CSPProvider {...(nonce !== undefined && { nonce })}>
        <ClientsProvider clients={{ studio, traces }}>
          <App connection={studio} />
        </ClientsProvider>
      </CSPProvider>
    </StrictMode>
  );
}
