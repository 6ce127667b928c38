/** Names by their ids. A name never changes: only those not seen before are asked for. */
import { useEffect, useState } from 'react';
import type { NameId, NameInfo, TraceId } from '../trace/trace-worker-api.ts';
import { useClients } from './clients.tsx';

/** As many as one answer holds. */
const MOST_AT_ONCE = 10_000;
const NONE: ReadonlyMap<NameId, NameInfo> = new Map();

export function useNames(trace: TraceId, wanted: Iterable<NameId>): ReadonlyMap<NameId, NameInfo> {
  const { traces } = useClients();
  const [known, setKnown] = useState<{ readonly trace: TraceId; readonly names: ReadonlyMap<NameId, NameInfo> }>({ trace, names: NONE });
  const names = known.trace === trace ? known.names : NONE;
  const lacking = new Set<NameId>();
  for (const id of wanted) if (lacking.size < MOST_AT_ONCE && !names.has(id)) lacking.add(id);
  const missing = [...lacking].join(' ');
  useEffect(() => {
    if (missing === '') return;
    let isOver = false;
    traces.request('names.get', { trace, names: missing.split(' ').map(Number) }).then(
      (answer) => {
        if (isOver) return;
        setKnown((before) => ({ trace, names: new Map([...(before.trace === trace ? before.names : []), ...answer.map((name) => [name.id, name] as const)]) }));
      },
      () => {}, // The trace was closed.
    );
    return () => {
      isOver = true;
    };
  }, [traces, trace, missing]);
  return names;
}
