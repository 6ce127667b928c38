import { useEffect, useRef } from 'react';
import { useClients } from '../../state/clients.tsx';
import { goToMoment, selectSnapshot, useView } from '../../state/view-store.ts';
import type { ObjectId, SnapshotView, TraceId } from '../../trace/trace-worker-api.ts';

/**
 * One moment for all panels: a snapshot that is chosen puts the cross-hair there, and where the cross-hair is put, the snapshot that held then is
 * shown. What was chosen together with the object stays.
 */
export function useCursorLink(trace: TraceId, object: ObjectId, snapshot: SnapshotView | undefined): void {
  const { traces } = useClients();
  const cursorNs = useView(trace, (view) => view.cursorNs);
  const chosen = useView(trace, (view) => view.snapshot);
  /** Where the cross-hair stood when both last agreed. */
  const agreed = useRef(chosen === 'live' ? undefined : cursorNs);
  /** Chosen by the cross-hair, which stays where it was put; or with the object. */
  const given = useRef<number | 'live'>(chosen);

  useEffect(() => {
    if (cursorNs === undefined || cursorNs === agreed.current) return;
    agreed.current = cursorNs;
    let isOver = false;
    traces.request('objects.snapshot', { trace, object, atNs: cursorNs }).then(
      (found) => {
        if (isOver) return;
        given.current = found?.index ?? 0;
        selectSnapshot(trace, given.current);
      },
      // The inspector says why when it asks itself.
      () => {},
    );
    return () => {
      isOver = true;
    };
  }, [traces, trace, object, cursorNs]);

  useEffect(() => {
    if (chosen === 'live' || chosen === given.current) return;
    if (!snapshot || snapshot.object !== object || snapshot.index !== chosen) return;
    given.current = chosen;
    agreed.current = snapshot.timeNs;
    goToMoment(trace, snapshot.timeNs);
  }, [trace, object, chosen, snapshot]);
}
