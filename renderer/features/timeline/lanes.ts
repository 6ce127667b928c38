/**
 * What the timeline shows as one track with one head: a thread with its calls and what befell it (collections, a blocked loop), async
 * slices of a process, a counter, an object. Made of the worker's tracks; here they are called lanes, to tell the two apart.
 */
import { clipText } from '../../drawing/format.ts';
import type { TrackChoice } from '../../state/timeline-control.ts';
import type { CounterInfo, ObjectInfo, ProcessInfo, TrackId, TrackInfo } from '../../trace/trace-worker-api.ts';
import { words } from './words.ts';

export type LaneKind = 'thread' | 'slices' | 'async' | 'instants' | 'counter' | 'object';

export interface Lane {
  /** Of names alone: the same in the next run. */
  readonly key: string;
  readonly kind: LaneKind;
  readonly title: string;
  readonly process: number;
  /** The track that the lane is named after. */
  readonly track: TrackInfo;
  /** Of a thread: logged durations below its calls, collections and blocked loops above them. */
  readonly logged: TrackInfo | undefined;
  readonly collections: TrackInfo | undefined;
  readonly blocked: TrackInfo | undefined;
  readonly counter: CounterInfo | undefined;
  readonly object: ObjectInfo | undefined;
  /** Place among all lanes of its kind: for colours. */
  readonly ordinal: number;
}

export type GroupKind = 'process' | 'counters' | 'objects' | 'instants';

/** Lanes under one head that folds them. Groups of a process lie inside of it. */
export interface LaneGroup {
  readonly key: string;
  readonly kind: GroupKind;
  readonly title: string;
  readonly meta: string;
  /** In the order of the screen. */
  readonly items: readonly (Lane | LaneGroup)[];
}

export const isGroup = (item: Lane | LaneGroup): item is LaneGroup => 'items' in item;

/** From so many on, counters, objects and moments of a process have a head of their own. */
const GROUP_FROM = 7;

/** Names that the tracer gives to what is drawn over a thread rather than beside it. */
const COLLECTIONS = /^(gc|garbage collections?)$/i;
const BLOCKED = /^event loop$/i;

export interface LaneSources {
  readonly tracks: readonly TrackInfo[];
  readonly processes: readonly ProcessInfo[];
  readonly counters: readonly CounterInfo[];
  readonly objects: readonly ObjectInfo[];
}

/** All lanes, by process. One process alone has no head but is a group all the same. */
export function lanesOf(sources: LaneSources): readonly LaneGroup[] {
  const counterOf = new Map(sources.counters.flatMap((counter) => counter.series.map((series) => [series.id, counter] as const)));
  const objectOf = new Map(sources.objects.map((object) => [object.id, object] as const));
  const byProcess = new Map<number, TrackInfo[]>();
  for (const track of sources.tracks) {
    const mine = byProcess.get(track.process);
    if (mine) mine.push(track);
    else byProcess.set(track.process, [track]);
  }
  const ordinals: Record<LaneKind, number> = { thread: 0, slices: 0, async: 0, instants: 0, counter: 0, object: 0 };
  const keys = new KeyRing();
  return [...byProcess].map(([number, tracks]) => {
    const process = sources.processes.find((each) => each.process === number);
    const name = processTitle(process, number);
    const prefix = `${processKey(process)}/`;
    const lane = (kind: LaneKind, track: TrackInfo, title: string, more: Partial<Lane> = {}): Lane => ({
      key: keys.unique(`${prefix}${kind}/${title}`),
      kind,
      title,
      process: number,
      track,
      logged: undefined,
      collections: undefined,
      blocked: undefined,
      counter: undefined,
      object: undefined,
      ordinal: ordinals[kind]++,
      ...more,
    });
    const counters = tracks.flatMap((track) => {
      const counter = track.kind === 'counter' ? counterOf.get(track.series?.[0] ?? -1) : undefined;
      return counter ? [lane('counter', track, counter.name, { counter })] : [];
    });
    const objects = tracks.flatMap((track) => {
      if (track.kind !== 'object') return [];
      const object = objectOf.get(track.object ?? -1);
      return [lane('object', track, object?.name ?? track.name, { object })];
    });
    const { threads, moments } = threadLanes(tracks, lane);
    const asyncs = tracks.filter((track) => track.kind === 'async').map((track) => lane('async', track, words.asyncTitle));
    const items = [
      ...threads,
      ...asyncs,
      ...grouped(`${prefix}counters`, 'counters', words.counters, counters),
      ...grouped(`${prefix}objects`, 'objects', words.objects, objects),
      ...grouped(`${prefix}instants`, 'instants', words.moments, moments),
    ];
    return { key: prefix, kind: 'process' as const, title: name, meta: process ? processMeta(process) : '', items };
  });
}

type MakeLane = (kind: LaneKind, track: TrackInfo, title: string, more?: Partial<Lane>) => Lane;

/** Threads in the order in which they began, each followed by what lies beside its calls. */
function threadLanes(tracks: readonly TrackInfo[], lane: MakeLane): { readonly threads: readonly Lane[]; readonly moments: readonly Lane[] } {
  const streams = new Map<number, TrackInfo[]>();
  for (const track of tracks) {
    if (track.stream === undefined || track.kind === 'counter' || track.kind === 'object') continue;
    const mine = streams.get(track.stream);
    if (mine) mine.push(track);
    else streams.set(track.stream, [track]);
  }
  const threads: Lane[] = [];
  const moments: Lane[] = [];
  const withMoments = tracks.filter((track) => track.kind === 'instants').length;
  const inOrder = [...streams.values()].map((mine) => ({ mine, from: firstOf(mine) })).sort((a, b) => a.from - b.from);
  for (const { mine } of inOrder) {
    const calls = mine.find((track) => track.kind === 'calls');
    const own = mine.find((track) => track.kind === 'slices' && track.beside === '');
    const collections = mine.find((track) => track.kind === 'slices' && COLLECTIONS.test(track.beside));
    const blocked = mine.find((track) => track.kind === 'slices' && BLOCKED.test(track.beside));
    const main = calls ?? own ?? blocked ?? collections;
    const name = mine[0]?.name || words.threadTitle(mine[0]?.stream ?? 0);
    if (main) threads.push(lane('thread', main, name, { logged: calls && own, collections, blocked }));
    for (const track of mine) {
      if (track.kind === 'instants') moments.push(lane('instants', track, withMoments > 1 ? words.momentsOf(name) : words.moments));
      else if (track.kind === 'slices' && track !== own && track !== collections && track !== blocked)
        threads.push(lane('slices', track, `${name} · ${track.beside}`));
    }
  }
  return { threads, moments };
}

/** A file tells of calls when they end, so the outermost thread may come last in it. */
const firstOf = (tracks: readonly TrackInfo[]): number => Math.min(...tracks.map((track) => (track.items > 0 ? track.firstNs : Number.POSITIVE_INFINITY)));

function grouped(key: string, kind: GroupKind, title: string, lanes: readonly Lane[]): readonly (Lane | LaneGroup)[] {
  if (lanes.length < GROUP_FROM) return lanes;
  return [{ key, kind, title, meta: String(lanes.length), items: lanes }];
}

/** Two tracks of one name: the second is told apart by its number. */
class KeyRing {
  private readonly used = new Map<string, number>();
  unique(key: string): string {
    // A name of a megabyte is no key.
    const short = key.length > 300 ? `${key.slice(0, 200)}…${key.length}` : key;
    const count = this.used.get(short) ?? 0;
    this.used.set(short, count + 1);
    return count === 0 ? short : `${short} (${count + 1})`;
  }
}

/** The script's name: pids differ from run to run. */
const processKey = (process: ProcessInfo | undefined): string => process?.name ?? '';

function processTitle(process: ProcessInfo | undefined, number: number): string {
  if (!process) return words.processTitle(number);
  return process.name === '' ? words.processTitle(process.pid || number) : process.name;
}

const processMeta = (process: ProcessInfo): string =>
  [process.pid > 0 ? `pid ${process.pid}` : '', process.nodeVersion === '' ? '' : `node ${process.nodeVersion}`].filter((part) => part !== '').join('   ');

/** The lane that shows a track; undefined: none does. */
export function laneOfTrack(groups: readonly LaneGroup[], track: TrackId): Lane | undefined {
  for (const lane of eachLane(groups)) {
    if (lane.track.id === track || lane.logged?.id === track || lane.collections?.id === track || lane.blocked?.id === track) return lane;
  }
  return undefined;
}

export function* eachLane(items: readonly (Lane | LaneGroup)[]): Iterable<Lane> {
  for (const item of items) {
    if (isGroup(item)) yield* eachLane(item.items);
    else yield item;
  }
}

/** Each lane by name, with what it lies in. */
export function trackChoices(groups: readonly LaneGroup[]): readonly TrackChoice[] {
  const choices: TrackChoice[] = [];
  const visit = (items: readonly (Lane | LaneGroup)[], where: string): void => {
    for (const item of items) {
      if (isGroup(item)) visit(item.items, item.kind === 'process' && groups.length === 1 ? '' : [where, item.title].filter((part) => part !== '').join(', '));
      else choices.push({ track: item.track.id, title: clipText(item.title, 200), where: clipText(where, 100) });
    }
  };
  visit(groups, '');
  return choices;
}
