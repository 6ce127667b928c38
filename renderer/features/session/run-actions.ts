/** Starting, stopping and repeating runs, from wherever the user asks. */
import type { AttachOptions } from '../../../core/protocol/attach.ts';
import type { LaunchConfig, SessionInfo } from '../../../core/protocol/session-types.ts';
import type { StudioClient } from '../../../core/protocol/studio-api.ts';
import { rememberSessionConfig } from '../../state/launch-store.ts';
import { refreshRecent } from '../../state/library-store.ts';
import { showPanel } from '../../state/panel-store.ts';
import { noteSession } from '../../state/session-store.ts';
import { openTrace } from '../../state/trace-store.ts';

/** Shows a session's recording in this window. */
export function showSession(session: SessionInfo): void {
  noteSession(session);
  openTrace(
    { kind: 'collector', recording: session.recording },
    { title: session.title, recording: session.recording, session: session.id, path: '', unsaved: true, format: 'recording' },
  );
}

/** Throws a ProblemError that says why it did not start. */
export async function startRun(studio: StudioClient, config: LaunchConfig): Promise<SessionInfo> {
  const session = await studio.request('session.start', config);
  rememberSessionConfig(session.id, config);
  showPanel('console');
  showSession(session);
  void refreshRecent(studio);
  return session;
}

/** A program that runs already. Throws a ProblemError that says what is in the way. */
export async function attachRun(studio: StudioClient, pid: number, options: AttachOptions, config: boolean): Promise<SessionInfo> {
  const session = await studio.request('attach.start', { pid, options, config });
  showSession(session);
  void refreshRecent(studio);
  return session;
}

export async function stopRun(studio: StudioClient, session: SessionInfo): Promise<void> {
  noteSession({ ...session, state: 'stopping' });
  noteSession(await studio.request('session.stop', { session: session.id }));
}

export async function restartRun(studio: StudioClient, session: SessionInfo, config: LaunchConfig | undefined): Promise<void> {
  const next = await studio.request('session.restart', { session: session.id });
  if (config) rememberSessionConfig(next.id, config);
  showSession(next);
  void refreshRecent(studio);
}
