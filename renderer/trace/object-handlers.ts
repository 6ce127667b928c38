import { readableValue } from '../../core/formats/readable-value.ts';
import type { FollowedTrace } from './followed-trace.ts';
import type { ObjectRequests } from './objects-api.ts';
import type { HandlersOf } from './timeline-handlers.ts';

/** Answers about objects: what the model knows by now; it goes on in the background. */
export function objectHandlers(of: (trace: string) => FollowedTrace): HandlersOf<ObjectRequests> {
  return {
    'objects.list': ({ trace }) => of(trace).trace.objects(),
    'objects.snapshot': ({ trace, object, ...at }) => of(trace).trace.snapshot(object, at),
    'objects.times': ({ trace, object, limit }) => of(trace).trace.objectTimes(object, limit),
    'objects.json': async ({ trace, object, index, path }) => {
      const found = await of(trace).trace.snapshotValue(object, index, path);
      return found ? JSON.stringify(readableValue(found.value), undefined, 2) : null;
    },
    'objects.fields': ({ trace, object, ...query }) => {
      const changes = of(trace).trace.objectChanges(object);
      if (!changes) return null;
      changes.begin();
      return changes.page(query);
    },
    'objects.graph': ({ trace, object, path, columns }) => {
      const history = of(trace).trace.fieldHistory(object, path);
      if (!history) return null;
      history.begin();
      return history.graph(columns);
    },
    'objects.history': ({ trace, object, path, from, count, newestFirst }) => {
      const history = of(trace).trace.fieldHistory(object, path);
      if (!history) return null;
      history.begin();
      return history.page(from, count, newestFirst);
    },
    'objects.step': async ({ trace, object, path, index, backwards }) => {
      const history = of(trace).trace.fieldHistory(object, path);
      await history?.advance();
      return history?.step(index, backwards) ?? null;
    },
  };
}
