import { placeInName } from '../../core/formats/file-info.ts';
import { arrowsOf } from '../../core/model/timeline/arrows.ts';
import { densityOf } from '../../core/model/timeline/density.ts';
import type { Track } from '../../core/model/timeline/track.ts';
import type { NameInfo } from '../../core/model/timeline-types.ts';
import type { Trace } from '../../core/model/trace.ts';
import type { PortLike } from './channels.ts';
import type { FollowedTrace } from './followed-trace.ts';
import type { TimelineRequests } from './timeline-api.ts';

/** A function for each request of a contract; an answer may take its time. */
export type HandlersOf<R> = {
  readonly [K in keyof R]: R[K] extends (argument: infer A) => infer V ? (argument: A, ports: readonly PortLike[]) => V | Promise<V> : never;
};

/** Answers about the timeline: what the model says, with the trace's newest time as the end of what is open. */
export function timelineHandlers(of: (trace: string) => FollowedTrace): HandlersOf<TimelineRequests> {
  const ask = (trace: string): { readonly trace: Trace; readonly endNs: number; readonly track: (id: number) => Track | undefined } => {
    const followed = of(trace);
    return { trace: followed.trace, endNs: followed.endNs, track: (id) => followed.trace.timeline.tracks[id] };
  };
  return {
    'tracks.list': ({ trace }) => ask(trace).trace.timeline.list(),
    'names.get': ({ trace, names }) => ask(trace).trace.timeline.namesOf(names),
    'timeline.view': ({ trace, ...query }) => {
      const { trace: model, endNs } = ask(trace);
      return model.timeline.view({ ...query, endNs: query.endNs ?? endNs }, model.analysis.highlight(query.highlight));
    },
    'timeline.density': ({ trace, ...query }) => densityOf(ask(trace).trace.timeline, { ...query, endNs: ask(trace).endNs }),
    'timeline.hit': async ({ trace, track, row, atNs, withinNs }) => {
      const { trace: model, endNs, track: trackOf } = ask(trace);
      const on = trackOf(track);
      const placed = on && (await model.explorer.hit(on, row, atNs, withinNs));
      return placed ? model.explorer.rowOf(placed, endNs) : null;
    },
    'timeline.snap': ({ trace, rows, atNs, withinNs }) => ask(trace).trace.timeline.snap(rows, atNs, withinNs, ask(trace).endNs) ?? null,
    'timeline.flows': ({ trace, ...query }) => arrowsOf(ask(trace).trace.timeline, ask(trace).trace.explorer, query),
    'timeline.gaps': ({ trace, tracks, fromNs, toNs }) => ask(trace).trace.timeline.gapsIn(tracks, fromNs, toNs),
    'slices.get': async ({ trace, ref }) => {
      const { trace: model, endNs } = ask(trace);
      const details = await model.explorer.details(ref, endNs);
      return details ? { ...details, about: placed(details.about, model) } : null;
    },
    'slices.children': async ({ trace, ref, from, count }) => {
      const { trace: model, endNs } = ask(trace);
      const placed = await model.explorer.find(ref);
      return placed ? model.explorer.children(placed, from, count, endNs) : { rows: [], total: 0 };
    },
    'slices.neighbour': async ({ trace, ref, step }) => {
      const { trace: model, endNs } = ask(trace);
      const placed = await model.explorer.find(ref);
      const found = placed && (await model.explorer.neighbour(placed, step));
      return found ? model.explorer.rowOf(found, endNs) : null;
    },
    'slices.page': ({ trace, ...query }) => ask(trace).trace.analysis.slices(query, ask(trace).endNs),
    'analysis.table': ({ trace, ...query }) => ask(trace).trace.analysis.table(query, ask(trace).endNs),
    'analysis.spread': ({ trace, scope, by, keys }) => ask(trace).trace.analysis.spread(scope, by, keys, ask(trace).endNs),
    'analysis.histogram': ({ trace, scope, by, key, buckets }) => ask(trace).trace.analysis.histogram(scope, by, key, buckets, ask(trace).endNs),
    'analysis.tree': ({ trace, ...query }) => ask(trace).trace.analysis.tree(query, ask(trace).endNs),
    'analysis.find': ({ trace, ...query }) => ask(trace).trace.analysis.findInTree(query, ask(trace).endNs),
    'analysis.flame': ({ trace, ...query }) => ask(trace).trace.analysis.flame(query, ask(trace).endNs),
    'analysis.counters': ({ trace, series, fromNs, toNs }) => ask(trace).trace.counterStats(series, fromNs, toNs),
    'search.state': ({ trace, query, scope }) => ask(trace).trace.analysis.search(query, scope, ask(trace).endNs),
    'search.step': async ({ trace, query, scope, after, backwards }) =>
      (await ask(trace).trace.analysis.step(query, scope, after, backwards, ask(trace).endNs)) ?? null,
    'issues.list': ({ trace }) => of(trace).trace.issues(!of(trace).isGrowing),
    'trace.budget': ({ trace, detailBytes }) => {
      of(trace).detailBytes = detailBytes;
      return null;
    },
    'trace.cancel': ({ trace }) => {
      of(trace).cancel();
      return null;
    },
  };
}

/** Reports of VizTracer have the place of a function in its name. It is one where the report has the file's text, too. */
function placed(about: NameInfo, { sources }: Trace): NameInfo {
  const place = about.file === '' ? placeInName(about.text) : undefined;
  return place && sources.head(place.file) ? { ...about, ...place, column: 1 } : about;
}
