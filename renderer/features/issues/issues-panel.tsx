/** What the trace tells of itself: what is missing in it, what was put right, what is shown otherwise than it was recorded. */
import { CircleCheck, Crosshair, Info, TriangleAlert } from 'lucide-react';
import { clipText } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useTraceSource } from '../../state/use-trace-source.ts';
import type { IssueInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, EmptyState, Icon, Spinner, toastProblem } from '../../widgets/index.ts';
import './issues.css';
import { showExample } from './show-example.ts';
import { isWarning, words } from './words.ts';

const EVERY_MS = 500;

export function IssuesPanel({ trace }: { readonly trace: TraceId }) {
  const { value: issues, problem } = useTraceQuery(trace, 'issues.list', {}, EVERY_MS);
  return (
    <section className="issues" aria-label={words.panel}>
      {issues && issues.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls must be reachable by keyboard.
        <ul className="issues-list" aria-label={words.list} tabIndex={0}>
          {issues.map((issue, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: several may be of one kind, and their order stays.
            <Issue key={`${issue.kind} ${index}`} trace={trace} issue={issue} />
          ))}
        </ul>
      ) : (
        <div className="issues-empty">
          <NoIssues trace={trace} problem={problem} answered={issues !== undefined} />
        </div>
      )}
    </section>
  );
}

/** Beside the title of the tab. */
export function IssuesCount({ trace }: { readonly trace: TraceId }) {
  const count = useTraceQuery(trace, 'issues.list', {}, EVERY_MS).value?.length ?? 0;
  return count === 0 ? null : <span className="issues-count">{count}</span>;
}

function Issue({ trace, issue }: { readonly trace: TraceId; readonly issue: IssueInfo }) {
  const { traces } = useClients();
  const { kind, count, text, example } = issue;
  return (
    <li className="issue">
      <Icon of={isWarning(kind) ? TriangleAlert : Info} className={isWarning(kind) ? 'issue-warning' : 'issue-note'} />
      <div className="issue-body">
        <div className="issue-kind">
          {words.kind(kind)} <span className="issue-times t3">{words.count(count)}</span>
        </div>
        <p className="issue-text t2">{clipText(text, 500)}</p>
      </div>
      {example && (
        <Button
          kind="quiet"
          size="s"
          icon={Crosshair}
          className="issue-show"
          onClick={() => showExample(traces, trace, example).catch((error: unknown) => toastProblem(error, words.notShown))}
        >
          {words.firstOf(count)}
          <span className="issue-example t3">
            <bdi>{words.example(example)}</bdi>
          </span>
        </Button>
      )}
    </li>
  );
}

function NoIssues({ trace, problem, answered }: { readonly trace: TraceId; readonly problem: string | undefined; readonly answered: boolean }) {
  const { kind } = useTraceSource(trace);
  if (problem !== undefined || kind === 'failed') {
    return (
      <EmptyState icon={TriangleAlert} title={words.failed} tone="error">
        {problem}
      </EmptyState>
    );
  }
  if (!answered || kind === 'loading') return <Spinner size="xl" />;
  return (
    <EmptyState icon={CircleCheck} title={words.none}>
      {kind === 'running' ? words.noneWhy.sofar : words.noneWhy.over}
    </EmptyState>
  );
}
