import { linesAround } from '../../core/protocol/source-excerpt.ts';
import type { FollowedTrace } from './followed-trace.ts';
import { inflate } from './gunzip.ts';
import type { HandlersOf } from './timeline-handlers.ts';
import type { TraceRequests } from './trace-worker-api.ts';

type SourceRequests = Pick<TraceRequests, 'sources.totals' | 'sources.excerpt'>;

const NO_LINES = { first: 1, lines: [], total: 0 } as const;

/** Answers about texts of files that the recording carries. */
export function sourceHandlers(of: (trace: string) => FollowedTrace): HandlersOf<SourceRequests> {
  return {
    'sources.totals': ({ trace }) => of(trace).trace.sources.totals,
    'sources.excerpt': async ({ trace, file, line, before, after }) => {
      const model = of(trace).trace;
      const head = model.sources.head(file);
      if (!head) return null;
      const { sum, leftOut } = head;
      if (leftOut !== undefined) return { ...NO_LINES, sum, leftOut };
      const text = await model.sourceText(file, inflate);
      return { ...linesAround(text ?? '', line, before, after), sum };
    },
  };
}
