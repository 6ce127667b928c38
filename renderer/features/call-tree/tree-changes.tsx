/** What was changed in the tree, as the way back: each part keeps the changes up to itself. */
import { ChevronRight } from 'lucide-react';
import { keepTreeChanges, useCallTree } from '../../state/call-tree-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Icon } from '../../widgets/index.ts';
import { words } from './words.ts';

export function TreeChanges({ trace }: { readonly trace: TraceId }) {
  const { changes } = useCallTree(trace);
  if (changes.length === 0) return null;
  return (
    <nav className="ct-changes" aria-label={words.changes}>
      <button type="button" className="ct-change" onClick={() => keepTreeChanges(trace, 0)}>
        {words.whole}
      </button>
      {changes.map(({ text }, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a change has no identity but its place.
        <span key={k} className="ct-change-part">
          <Icon of={ChevronRight} size="xs" />
          <button
            type="button"
            className="ct-change"
            aria-current={k === changes.length - 1 ? 'true' : undefined}
            title={text}
            onClick={() => keepTreeChanges(trace, k + 1)}
          >
            <bdi>{text}</bdi>
          </button>
        </span>
      ))}
    </nav>
  );
}
