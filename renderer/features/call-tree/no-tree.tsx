/** What stands in the place of a tree or a graph that has nothing to show. */
import { Network, RotateCcw } from 'lucide-react';
import { keepTreeChanges, useCallTree } from '../../state/call-tree-store.ts';
import { useTraceValue } from '../../state/trace-store.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Button, EmptyState, Spinner } from '../../widgets/index.ts';
import { words } from './words.ts';

interface NoTreeProps {
  readonly trace: TraceId;
  readonly problem: string | undefined;
  /** All that the range holds was looked at. */
  readonly answered: boolean;
}

export function NoTree({ trace, problem, answered }: NoTreeProps) {
  const { kind } = useTraceSource(trace);
  const { changes } = useCallTree(trace);
  const isEmpty = useTraceValue(trace, (summary) => (summary?.timelineSlices ?? 0) === 0);
  if (problem !== undefined) {
    return (
      <EmptyState icon={Network} title={words.failed} tone="error">
        {problem}
      </EmptyState>
    );
  }
  if (!answered || kind === 'loading') return <Spinner size="xl" />;
  if (isEmpty) {
    return (
      <EmptyState icon={Network} title={noneTitle(words.none.title, kind)}>
        {kind === 'failed' ? undefined : words.none.text}
      </EmptyState>
    );
  }
  if (changes.length === 0) {
    return (
      <EmptyState icon={Network} title={words.noneHere.title}>
        {words.noneHere.text}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Network}
      title={words.nothingLeft.title}
      actions={
        <Button icon={RotateCcw} onClick={() => keepTreeChanges(trace, 0)}>
          {words.whole}
        </Button>
      }
    >
      {words.nothingLeft.text}
    </EmptyState>
  );
}
