/** Looks for a function in all of the call tree, whatever of it is open. */
import { useRef, useState } from 'react';
import { useCallTree } from '../../state/call-tree-store.ts';
import { useClients } from '../../state/clients.tsx';
import type { Place } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import type { TraceId, TreeFound } from '../../trace/trace-worker-api.ts';
import type { TreePath } from './tree-rows.ts';
import { words } from './words.ts';

const EVERY_MS = 1000;
const REST_MS = 150;

interface Find {
  readonly text: string;
  /** How many there are, and which of them was gone to. Empty: nothing is looked for. */
  readonly status: string;
  readonly setText: (text: string) => void;
  /** Goes to the next one behind `from`, or to the one before. */
  readonly toNext: (from: TreePath | undefined, backwards: boolean) => void;
}

export function useFind(trace: TraceId, { scope }: Place, onFound: (path: TreePath) => void): Find {
  const { traces } = useClients();
  const { direction, changes } = useCallTree(trace);
  const [text, setText] = useState('');
  const [gone, setGone] = useState<TreeFound>();
  const asked = useRef(0);
  const question = { scope, direction, transforms: changes.map(({ transform }) => transform), text };
  const isLooking = text.trim() !== '';
  const all = useTraceQuery(trace, 'analysis.find', isLooking ? question : undefined, EVERY_MS, REST_MS).value;

  const toNext = (from: TreePath | undefined, backwards: boolean): void => {
    if (!isLooking) return;
    const ask = ++asked.current;
    traces.request('analysis.find', { trace, ...question, ...(from && { from }), backwards }).then(
      (found) => {
        // Who types or presses on wants the newest answer.
        if (ask !== asked.current) return;
        setGone(found);
        if (found.path) onFound(found.path);
      },
      () => {
        // The tree itself tells what is wrong with it.
      },
    );
  };
  return {
    text,
    status: isLooking && all ? words.hits(all.total, gone?.total === all.total ? gone.position : 0) : '',
    setText: (next) => {
      asked.current++;
      setGone(undefined);
      setText(next);
    },
    toNext,
  };
}
