/** A reload of the page opens again what was open: recordings live at the collector, not in the page. */
import type { StudioClient } from '../../core/protocol/studio-api.ts';
import { activateTrace, openTrace, subscribeTraces, traceState } from '../state/trace-store.ts';

const KEY = 'studio.open-recordings';

interface Remembered {
  readonly recordings: readonly string[];
  readonly active: string | undefined;
}

export function rememberOpenTraces(): () => void {
  return subscribeTraces((state, before) => {
    if (state.open === before.open && state.active === before.active) return;
    const remembered: Remembered = {
      recordings: state.open.flatMap((each) => each.recording ?? []),
      active: state.open.find((each) => each.trace === state.active)?.recording,
    };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(remembered));
    } catch {
      // No storage: a reload begins with the start page.
    }
  });
}

function remembered(): Remembered {
  try {
    const text = sessionStorage.getItem(KEY);
    if (text !== null) return JSON.parse(text) as Remembered;
  } catch {
    // As above.
  }
  return { recordings: [], active: undefined };
}

export async function reopenTraces(studio: StudioClient): Promise<void> {
  const { recordings, active } = remembered();
  if (recordings.length === 0) return;
  const [there, sessions] = await Promise.all([studio.request('recordings.list', null), studio.request('session.list', null)]).catch(() => [[], []] as const);
  for (const id of recordings) {
    const recording = there.find((each) => each.id === id);
    if (!recording) continue;
    const session = sessions.find((each) => each.recording === id);
    openTrace(
      { kind: 'collector', recording: id },
      {
        title: recording.title,
        recording: id,
        path: recording.path,
        unsaved: recording.unsaved,
        format: recording.format,
        bytes: recording.bytes,
        ...(session && { session: session.id }),
      },
    );
  }
  activateTrace(traceState().open.find((each) => each.recording !== undefined && each.recording === active)?.trace);
}
