/** Everything that the user can do, once: menus, keys, buttons and the host's own menu all end here. */

import { useMemo } from 'react';
import type { AttachOptions } from '../../core/protocol/attach.ts';
import { TRACE_EXTENSIONS } from '../../core/protocol/export-formats.ts';
import type { TakeKind } from '../../core/protocol/sampling.ts';
import type { LaunchConfig, SessionInfo } from '../../core/protocol/session-types.ts';
import type { RecentItem } from '../../core/protocol/studio-api.ts';
import { configFromRecord, valuesNotRecorded } from '../features/launch/index.ts';
import { addMark, markWasMade, writeNote } from '../features/notes/index.ts';
import { type RecordingActions, recordingActions } from '../features/recordings/index.ts';
import {
  attachRun,
  isSampled,
  markMoment,
  restartRun,
  saveLast,
  showSession,
  snapshotObjects,
  startRun,
  stopRun,
  switchRecording,
  takeFile,
} from '../features/session/index.ts';
import { useClients } from '../state/clients.tsx';
import {
  configForScript,
  describeTarget,
  forgetValues,
  forgottenValues,
  hasCaptureProblem,
  inspected,
  launchState,
  setDraft,
  startOnce,
} from '../state/launch-store.ts';
import { libraryState } from '../state/library-store.ts';
import { useFilePicker } from '../state/pick-file.tsx';
import { isRunning, sessionState } from '../state/session-store.ts';
import { beginTour } from '../state/tour-store.ts';
import { activateTrace, type OpenTrace, traceState } from '../state/trace-store.ts';
import { setWindow, showDialog } from '../state/window-store.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { endToast, toast, toastProblem } from '../widgets/index.ts';
import { type TimelineActions, timelineActions } from './timeline-actions.ts';
import { words } from './words.ts';

export interface Actions extends TimelineActions {
  readonly recordings: RecordingActions;
  /** Shows what went wrong in a message. */
  run(config: LaunchConfig): void;
  /** Rejects with what went wrong. False: another run is being started. */
  runOrFail(config: LaunchConfig): Promise<boolean>;
  runAgain(): void;
  stop(): void;
  restart(): void;
  /** Recording on or off, for the run in sight. */
  record(): void;
  /** All of its objects now. */
  snapshot(): void;
  /** A moment of a run; in a recording what is selected. */
  mark(): void;
  /** What is selected, in a run too. False: no trace is in sight. */
  markSelected(): boolean;
  /** Five steps through the window, from the start page on. */
  tour(): void;
  /** A note on what is selected, or where the pointer is. */
  note(): void;
  /** What a run that keeps only the newest has now. */
  saveLast(): void;
  /** Of the run in sight, while it goes on. */
  toggleSampling(): void;
  takeFile(what: TakeKind): void;
  attach(): void;
  /** `config`: as the config file of its project says, too. Rejects with what is in the way. */
  attachTo(pid: number, options: AttachOptions, config: boolean): Promise<void>;
  configure(): void;
  /** The form as it is now. */
  configureDraft(): void;
  showPlugins(): void;
  newRun(): void;
  browseScript(): void;
  chooseScript(path: string): void;
  openTrace(): void;
  /** Web host: a file of the machine that the browser runs on. It is read in the page, as a dropped one. */
  openFromHere(): void;
  openPath(path: string): void;
  openRecent(item: RecentItem): void;
  /** What a run saved by itself. */
  openSaved(ref: string): void;
  discardRecent(item: RecentItem): void;
  showElsewhere(session: string): void;
  save(): void;
  saveAs(): void;
  exportTrace(): void;
  close(trace?: TraceId): void;
}

const scriptField = () => document.querySelector<HTMLInputElement>('input[aria-label="Script"]');

const activeTrace = (): OpenTrace | undefined => {
  const { open, active } = traceState();
  return open.find((each) => each.trace === active);
};
export const sessionOf = (open: OpenTrace | undefined): SessionInfo | undefined => (open?.session === undefined ? undefined : sessionState()[open.session]);

/** The section of the form that a problem belongs to. */
const pageOf = (code: string | undefined): { readonly page?: 'plugins' | 'capture' } =>
  code?.startsWith('plugin-') ? { page: 'plugins' } : code?.startsWith('config-') ? { page: 'capture' } : {};

const sameTarget = (a: LaunchConfig, b: LaunchConfig): boolean => JSON.stringify(a.target) === JSON.stringify(b.target);

export function useActions(): Actions {
  const { studio, traces } = useClients();
  const picker = useFilePicker();
  return useMemo(() => {
    const recordings = recordingActions(studio, picker);
    /** For what the user asked by a click: a failure is told, never lost. */
    const told = (work: Promise<unknown>, title?: string) => {
      work.catch((error: unknown) => toastProblem(error, title));
    };
    const begin = async (config: LaunchConfig) => {
      setDraft(config);
      await startRun(studio, config);
      setWindow({ screen: 'main' });
      endToast('run-failed');
    };
    const again = (session: SessionInfo, title: string) =>
      told(
        startOnce(() => restartRun(studio, session, launchState().bySession[session.id])),
        title,
      );
    const run = (config: LaunchConfig) => {
      const start = async () => {
        // The start page shows what is wrong with what was typed: back to the field.
        const typed = config === launchState().draft && traceState().active === undefined;
        const forgotten = forgottenValues(config, libraryState().recentScripts);
        if (forgotten.length > 0) {
          setDraft(config);
          showDialog({ kind: 'run-config', page: 'environment' });
          toast({
            tone: 'info',
            key: 'run-failed',
            title: words.hadValues(forgotten.join(', ')),
            text: words.valuesNotKept,
          });
          return;
        }
        if (config === launchState().draft && hasCaptureProblem()) {
          showDialog({ kind: 'run-config', page: 'capture' });
          return;
        }
        const problems = typed ? ((await inspected())?.problems ?? []) : [];
        if (problems.length > 0 && problems.every((problem) => problem.field === 'plugins')) showDialog({ kind: 'run-config', page: 'plugins' });
        else if (problems.length > 0 && problems.every((problem) => problem.field === 'capture')) showDialog({ kind: 'run-config', page: 'capture' });
        else if (problems.length > 0 && scriptField()) scriptField()?.focus();
        else if (problems.length > 0) showDialog({ kind: 'run-config' });
        else await begin(config);
      };
      startOnce(start).catch((error: unknown) => {
        const { code, message, remedy } = error as { code?: string; message: string; remedy?: string };
        toast({
          tone: 'error',
          key: 'run-failed',
          title: message,
          ...(remedy !== undefined && { text: remedy }),
          action: {
            label: 'Configure',
            apply: () => {
              // Looked at anew: what stood in the way may have come since it was looked at last.
              setDraft(config);
              showDialog({ kind: 'run-config', ...pageOf(code) });
            },
          },
        });
      });
    };
    const save = (as: boolean) => {
      const open = activeTrace();
      if (!open) return;
      if (open.recording === undefined) {
        showDialog({ kind: 'upload', trace: open.trace, purpose: 'save' });
        return;
      }
      told(
        (as ? recordings.saveAs(open) : recordings.save(open)).then((done) => {
          if (!done) return;
          const now = traceState().open.find((each) => each.trace === open.trace);
          toast({ tone: 'ok', key: 'saved', title: words.saved, text: now?.path });
        }),
        'The recording was not saved',
      );
    };

    const configure = () => {
      const open = activeTrace();
      const session = sessionOf(open);
      const config = session && launchState().bySession[session.id];
      if (config) {
        const { draft } = launchState();
        // What was chosen in the plugin manager since then is not thrown away.
        const plugins = sameTarget(draft, config) ? draft.plugins : config.plugins;
        setDraft({ ...config, ...(plugins && { plugins }) });
      } else if (open && describeTarget(launchState().draft) !== session?.title) {
        told(configureAsRecorded(open));
        return;
      }
      showDialog({ kind: 'run-config' });
    };
    /** The form as the recording tells that it was: of a file that was opened, or of a run that another window started. */
    const configureAsRecorded = async (open: OpenTrace) => {
      const record = await traces.request('trace.launch', { trace: open.trace });
      const config = record && configFromRecord(record);
      if (config && !sameTarget(launchState().draft, config)) {
        const gone = valuesNotRecorded(record);
        setDraft(config);
        forgetValues(gone);
        if (gone.length > 0) {
          toast({
            tone: 'info',
            key: 'run-failed',
            title: words.namesWithoutValues(gone.join(', ')),
            text: words.fillValues,
          });
        }
      }
      showDialog({ kind: 'run-config' });
    };

    return {
      recordings,
      run,
      runOrFail: (config) => startOnce(() => begin(config)),
      runAgain: () => {
        const session = sessionOf(activeTrace());
        if (session && !isRunning(session)) again(session, 'It could not be run again');
        else if (!session && activeTrace()) configure();
        else if (!session) {
          const { draft } = launchState();
          if (draft.target.kind === 'script' && draft.target.path.trim() === '') scriptField()?.focus();
          else run(draft);
        }
      },
      stop: () => {
        const session = sessionOf(activeTrace());
        if (isRunning(session) && session) told(stopRun(studio, session), 'The run was not stopped');
      },
      restart: () => {
        const session = sessionOf(activeTrace());
        if (session) again(session, 'It could not be restarted');
      },
      record: () => {
        const session = sessionOf(activeTrace());
        if (isRunning(session) && session) told(switchRecording(studio, session), 'Recording was not switched');
      },
      snapshot: () => {
        const session = sessionOf(activeTrace());
        if (isRunning(session) && session) told(snapshotObjects(studio, session), 'No snapshots were taken');
      },
      mark: () => {
        const session = sessionOf(activeTrace());
        const { active } = traceState();
        if (isRunning(session) && session && active !== undefined)
          told(
            markMoment(studio, session).then((note) => markWasMade(active, note)),
            'This moment was not marked',
          );
        else if (active !== undefined) addMark(active);
      },
      markSelected: () => {
        const { active } = traceState();
        if (active !== undefined) addMark(active);
        return active !== undefined;
      },
      tour: () => {
        showDialog(undefined);
        setWindow({ screen: 'main' });
        activateTrace(undefined);
        beginTour();
      },
      note: () => {
        const { active } = traceState();
        if (active !== undefined) writeNote(active);
      },
      saveLast: () => {
        const session = sessionOf(activeTrace());
        if (isRunning(session) && session)
          told(
            saveLast(studio, session, (ref) => told(recordings.openRecent(ref))),
            'Nothing was saved',
          );
      },
      toggleSampling: () => {
        const session = sessionOf(activeTrace());
        if (session && isRunning(session)) told(studio.request('session.sampling', { session: session.id, on: !isSampled(session) }));
      },
      takeFile: (what) => {
        const session = sessionOf(activeTrace());
        if (session && isRunning(session)) told(takeFile(studio, picker, session, what));
      },
      attach: () => showDialog({ kind: 'attach' }),
      attachTo: async (pid, options, config) => {
        await attachRun(studio, pid, options, config);
        setWindow({ screen: 'main' });
      },
      configure,
      configureDraft: () => showDialog({ kind: 'run-config', page: 'plugins' }),
      showPlugins: () => {
        const session = sessionOf(activeTrace());
        const config = session && launchState().bySession[session.id];
        // The manager edits the run configuration: that of the run in sight, where there is one.
        if (config && !sameTarget(launchState().draft, config)) setDraft(config);
        showDialog(undefined);
        setWindow({ screen: 'plugins' });
      },
      newRun: () => {
        setWindow({ screen: 'main' });
        activateTrace(undefined);
      },
      browseScript: () => {
        told(
          picker.open({ purpose: 'script', title: 'Choose a script' }).then((path) => {
            if (path !== undefined) setDraft(configForScript(path, libraryState().recentScripts));
          }),
        );
      },
      chooseScript: (path) => {
        activateTrace(undefined);
        setDraft(configForScript(path, libraryState().recentScripts));
      },
      openFromHere: () => {
        const input = document.createElement('input');
        input.type = 'file';
        input.accept = TRACE_EXTENSIONS.map((extension) => `.${extension}`).join(',');
        input.addEventListener('change', () => {
          for (const file of input.files ?? []) recordings.openDropped(file);
        });
        input.click();
      },
      openTrace: () => {
        told(
          picker.open({ purpose: 'trace', title: 'Open trace' }).then(async (path) => {
            if (path !== undefined) await recordings.openPath(path);
          }),
        );
      },
      openPath: (path) => {
        if (/\.[cm]?[jt]sx?$/i.test(path)) {
          activateTrace(undefined);
          setDraft(configForScript(path, libraryState().recentScripts));
        } else told(recordings.openPath(path));
      },
      openSaved: (ref) => told(recordings.openRecent(ref)),
      openRecent: (item) => told(recordings.openRecent(item.ref)),
      discardRecent: (item) => showDialog({ kind: 'discard', item }),
      showElsewhere: (id) => {
        const session = sessionState()[id];
        if (session) showSession(session);
      },
      save: () => save(false),
      saveAs: () => save(true),
      ...timelineActions(traces, toastProblem),
      exportTrace: () => {
        const open = activeTrace();
        if (!open) return;
        showDialog(open.recording === undefined ? { kind: 'upload', trace: open.trace, purpose: 'export' } : { kind: 'export', trace: open.trace });
      },
      close: (trace) => {
        const open = trace === undefined ? activeTrace() : traceState().open.find((each) => each.trace === trace);
        if (!open) return;
        if (isRunning(sessionOf(open))) showDialog({ kind: 'close-running', trace: open.trace });
        else if (open.unsaved && open.recording !== undefined) showDialog({ kind: 'close-unsaved', trace: open.trace });
        else told(recordings.close(open));
      },
    };
  }, [studio, traces, picker]);
}
