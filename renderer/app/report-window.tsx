/** The window of a report: the panels of a trace, and statistics, with nothing to run and nobody to ask. */
import { ChartNoAxesCombined, Moon, Sun, Table2 } from 'lucide-react';
import { StrictMode, useMemo, useState } from 'react';
import type { Report } from '../bridge/report.ts';
import { StatisticsTable } from '../features/report/index.ts';
import { ClientsProvider } from '../state/clients.tsx';
import { connectNotes } from '../state/notes-store.ts';
import { applyTheme, applyTraceMemory, changeSettings, connectSettings, useSettings } from '../state/settings-store.ts';
import { connectTraces, openTrace, setDetailBytes } from '../state/trace-store.ts';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { IconButton, Toasts, TooltipProvider } from '../widgets/index.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Logo } from './logo.tsx';
import './app.css';
import './report-window.css';
import { TimeControls } from './time-controls.tsx';
import { timelineActions } from './timeline-actions.ts';
import { TraceWindow } from './trace-window.tsx';
import type { Actions } from './use-actions.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { words } from './words.ts';

/** Joins the state to the page, and opens the trace that it carries. */
export function connectReport({ studio, traces, file, about }: Report): TraceId {
  applyTheme();
  connectTraces(traces);
  applyTraceMemory(setDetailBytes);
  connectNotes(undefined, traces);
  void connectSettings(studio);
  return openTrace({ kind: 'file', file }, { title: about.title, path: '', unsaved: false, format: 'other', bytes: file.size });
}

/** What the window could do for its user besides looking is not there in a report. */
const actionsOf = (traces: Report['traces']): Actions =>
  new Proxy(timelineActions(traces, () => {}) as Actions, { get: (own, name) => Reflect.get(own, name) ?? (() => {}) });

export function ReportRoot({ report, trace }: { readonly report: Report; readonly trace: TraceId }) {
  const { studio, traces, about } = report;
  const actions = useMemo(() => actionsOf(traces), [traces]);
  useShortcuts(actions, true);
  const [shown, setShown] = useState<'trace' | 'statistics'>('trace');
  return (
    <StrictMode>
      <ClientsProvider clients={{ studio, traces }}>
        <TooltipProvider>
          <ErrorBoundary what="The report">
            <div className="app report">
              <header className="report-bar">
                <Logo />
                <h1 className="ellipsis">{about.title}</h1>
                <span className="label t3">{words.reportStays}</span>
                <span className="grow" />
                <fieldset aria-label={words.view} className="report-views">
                  <IconButton
                    icon={ChartNoAxesCombined}
                    label={words.trace}
                    aria-pressed={shown === 'trace'}
                    kind={shown === 'trace' ? 'default' : 'quiet'}
                    onClick={() => setShown('trace')}
                  />
                  <IconButton
                    icon={Table2}
                    label={words.statistics}
                    aria-pressed={shown === 'statistics'}
                    kind={shown === 'statistics' ? 'default' : 'quiet'}
                    onClick={() => setShown('statistics')}
                  />
                </fieldset>
                <TimeControls trace={trace} />
                <ThemeButton />
              </header>
              {about.notes.length > 0 && (
                <ul className="report-notes">
                  {about.notes.map((note) => (
                    <li key={note}>{note}</li>
                  ))}
                </ul>
              )}
              {shown === 'trace' ? <TraceWindow trace={trace} actions={actions} bar={null} /> : <StatisticsTable rows={about.statistics} />}
            </div>
          </ErrorBoundary>
          <Toasts />
        </TooltipProvider>
      </ClientsProvider>
    </StrictMode>
  );
}

function ThemeButton() {
  const { theme } = useSettings();
  const isDark = theme === 'dark' || (theme === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  return (
    <IconButton
      icon={isDark ? Sun : Moon}
      label={isDark ? words.lightTheme : words.darkTheme}
      kind="quiet"
      onClick={() => changeSettings({ theme: isDark ? 'light' : 'dark' })}
    />
  );
}
