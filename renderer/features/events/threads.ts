/** Threads of a trace in words, and as a choice. */
import { clipText } from '../../drawing/format.ts';
import type { ProcessInfo } from '../../trace/trace-worker-api.ts';

/** More are not offered: the name filter finds the rest. */
const MOST_THREADS = 300;

const threadName = (name: string | undefined, thread: number): string => clipText(name || (thread === 0 ? 'main' : `thread ${thread}`), 40);
const processName = (process: ProcessInfo): string => `${clipText(process.name, 40)} ${process.pid}`;

/** "main", or "server.ts 4312, main" where there are several processes. */
export function whereOf(at: { readonly process: number; readonly thread: number } | undefined, processes: readonly ProcessInfo[] | undefined): string {
  if (!at) return '';
  const process = processes?.find((each) => each.process === at.process);
  const name = threadName(process?.threads.find((each) => each.thread === at.thread)?.name, at.thread);
  return process && processes && processes.length > 1 ? `${processName(process)}, ${name}` : name;
}

export interface ThreadChoice {
  readonly stream: number;
  readonly label: string;
}

export function threadChoices(processes: readonly ProcessInfo[] | undefined): ThreadChoice[] {
  if (!processes) return [];
  return processes
    .flatMap((process) =>
      process.threads.map(({ stream, thread, name }) => ({
        stream,
        label: processes.length > 1 ? `${processName(process)}, ${threadName(name, thread)}` : threadName(name, thread),
      })),
    )
    .slice(0, MOST_THREADS);
}
