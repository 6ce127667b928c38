/** What the host pushes, and what it is told: menu commands, files to open, the closing question, the window's title. */
import { useEffect, useRef } from 'react';
import { useClients } from '../state/clients.tsx';
import { isRunning, useSessions } from '../state/session-store.ts';
import { useActiveTraceId, useOpenTraces } from '../state/trace-store.ts';
import { showDialog } from '../state/window-store.ts';
import { toast } from '../widgets/index.ts';
import type { Actions } from './use-actions.ts';
import { perform } from './use-shortcuts.ts';
import { words } from './words.ts';

export function useHostEvents(actions: Actions): void {
  const { studio } = useClients();
  const open = useOpenTraces();
  const active = useActiveTraceId();
  const sessions = useSessions();

  useEffect(() => {
    const offs = [
      studio.on('command', ({ command }) => {
        // A new window is the host's own matter. But for these, every other command is also a key: one that is not does not compile.
        if (command === 'plugins') actions.showPlugins();
        else if (command === 'attach') actions.attach();
        else if (command === 'sampling') actions.toggleSampling();
        else if (command === 'cpu-profile' || command === 'heap-snapshot') actions.takeFile(command);
        else if (command !== 'new-window') perform(command, actions);
      }),
      studio.on('session.saved', ({ ref, why, title }) =>
        toast({ tone: 'warn', title: words.wasSaved(title), text: words.because(why), action: { label: 'Open', apply: () => actions.openSaved(ref) } }),
      ),
      studio.on('open-path', ({ path }) => actions.openPath(path)),
      studio.on('close-requested', ({ running }) => showDialog({ kind: 'close-window', running })),
    ];
    return () => {
      for (const off of offs) off();
    };
  }, [studio, actions]);

  // In its own window a banner says it; elsewhere nobody would see it.
  const told = useRef(new Set<string>());
  useEffect(() => {
    for (const { id, title, recordingProblem, recording } of Object.values(sessions)) {
      if (recordingProblem === undefined || told.current.has(id)) continue;
      told.current.add(id);
      if (open.find((each) => each.trace === active)?.recording === recording) continue;
      toast({ tone: 'error', key: `stopped-${id}`, title: words.recordingStopped(title), text: recordingProblem });
    }
  }, [sessions, open, active]);

  const here = open.find((each) => each.trace === active);
  const title = here?.title ?? 'Trace Studio';
  const unsaved = open.some((each) => each.unsaved);
  const running = open.filter((each) => each.session !== undefined && isRunning(sessions[each.session])).length;
  useEffect(() => {
    document.title = here ? `${title} – Trace Studio` : 'Trace Studio';
    // The host asks again when it is back.
    studio.request('window.setDocument', { title, unsaved, running }).catch(() => {});
  }, [studio, here, title, unsaved, running]);

  // A browser's tab can only ask in its own words; Electron's window asks with `close-requested`.
  useEffect(() => {
    if (running === 0 || window.studioHost) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [running]);
}
