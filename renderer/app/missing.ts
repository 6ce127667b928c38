/** What a command needs that is not there now, in words, so that nobody is offered what would do nothing. */
import { SHORTCUTS, type ShortcutId } from '../features/settings/index.ts';
import { isRunning, sessionState } from '../state/session-store.ts';
import { traceState } from '../state/trace-store.ts';
import { words } from './words.ts';

const OF_A_TRACE: ReadonlySet<string> = new Set<string>([
  ...SHORTCUTS.filter(({ group }) => ['Time', 'Timeline', 'Search', 'Objects'].includes(group)).map(({ id }) => id),
  ...(['save', 'save-as', 'export', 'close', 'sidebar', 'drawer', 'layout-reset'] satisfies readonly ShortcutId[]),
]);
const OF_A_RUN: ReadonlySet<string> = new Set<string>(['stop', 'record', 'snapshot', 'save-last'] satisfies readonly ShortcutId[]);

/** Undefined: it can be done. */
export function missingFor(id: ShortcutId): string | undefined {
  const { open, active } = traceState();
  const trace = open.find((each) => each.trace === active);
  const session = trace?.session === undefined ? undefined : sessionState()[trace.session];
  if (OF_A_TRACE.has(id)) return trace ? undefined : words.missing.trace;
  if (id === 'run') return isRunning(session) ? words.missing.end : undefined;
  if (id === 'restart') return session && session.attached !== true ? undefined : words.missing.started;
  if (!OF_A_RUN.has(id)) return undefined;
  if (!isRunning(session)) return words.missing.run;
  return id === 'save-last' && !session?.kept ? words.missing.kept : undefined;
}
