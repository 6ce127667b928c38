import { SliceFlag } from '../../protocol/summary/slice-table.ts';
import { BINS, binOf } from '../../protocol/summary/statistics.ts';
import type {
  DurationHistogram,
  FlameLayout,
  FlameQuery,
  GroupBy,
  NameId,
  Scope,
  SearchState,
  SliceRow,
  SlicesPage,
  SlicesQuery,
  Spread,
  TablePage,
  TableQuery,
  TableRow,
  TreeFindQuery,
  TreeFound,
  TreeLevels,
  TreeQuery,
} from '../timeline-types.ts';
import type { Band, IsHit } from './band.ts';
import type { Explorer, PlacedSlice } from './explorer.ts';
import { findInTree } from './find-in-tree.ts';
import { GroupTotals } from './group-totals.ts';
import { NameTotals } from './name-totals.ts';
import { Wanted } from './node-loader.ts';
import { PathTree } from './path-tree.ts';
import { Children, flameOf, inverted, levelOf, totalOf, transformed } from './path-views.ts';
import { ScanJobs } from './scan-jobs.ts';
import { SearchHits, stepTo } from './search-hits.ts';
import { type CompiledQuery, parseSearch } from './search-query.ts';
import { type Accepts, type Collected, Durations, SliceCollector } from './slice-collector.ts';
import type { FoundSlice } from './slice-finder.ts';
import { histogramOfBins, histogramOfSorted, Sum, spreadOfBins, spreadOfSorted } from './spread.ts';
import type { Timeline } from './timeline.ts';
import type { Track } from './track.ts';
import { addStatistics, eachOpenAt, type Stretch, stretchOf } from './units.ts';

/** Durations that are held to be sorted; more are told by bins. */
const MAX_DURATIONS = 4_000_000;
/** Segments that are decoded for exact percentiles. */
const MAX_EXACT_SEGMENTS = 256;
const MAX_KEYS = 200;
const MAX_PAGE = 5000;
/** Parts that a table waits for, of those that were dropped from memory. */
const MOST_READ = 8;
const MAX_QUERIES = 16;
const MAX_LEVELS = 1000;

export interface AnalysisOptions {
  readonly timeline: Timeline;
  readonly explorer: Explorer;
  readonly pause: () => Promise<void>;
  readonly onProgress: () => void;
}

/** Answers that are sums over many slices. An answer is of what has been looked at; the rest goes on in the background. */
export class Analysis {
  readonly #timeline: Timeline;
  readonly #explorer: Explorer;
  readonly #jobs: ScanJobs;
  readonly #queries = new Map<string, CompiledQuery>();
  /** Files and categories, as keys of rows. */
  readonly #groups = { file: new Groups(), category: new Groups() };

  constructor(options: AnalysisOptions) {
    this.#timeline = options.timeline;
    this.#explorer = options.explorer;
    this.#jobs = new ScanJobs({ loader: options.timeline.loader, pause: options.pause, onProgress: options.onProgress });
  }

  #stretch(scope: Scope, endNs: number): Stretch {
    this.#timeline.refresh();
    return stretchOf(scope, this.#timeline.tracks, endNs);
  }

  // Tables

  async table(query: TableQuery, endNs: number): Promise<TablePage> {
    const stretch = this.#stretch(query.scope, endNs);
    const filter = this.#filterOf(query.scope);
    let found = await this.#rows(query, stretch, filter);
    // Who has picked a range waits for its figures: what little has to be read again at its edges is read before they are told.
    for (let read = 0; read < MOST_READ && found.done < 1 && (await this.#timeline.loader.nextRead()); read++) found = await this.#rows(query, stretch, filter);
    const { rows, done } = found;
    const text = query.text?.toLowerCase() ?? '';
    const passing = text === '' ? rows : rows.filter((row) => row.label.toLowerCase().includes(text));
    passing.sort(comparison(query));
    const from = Math.max(0, Math.floor(query.from));
    return {
      rows: passing.slice(from, from + Math.min(MAX_PAGE, Math.max(0, query.count))),
      total: passing.length,
      slices: rows.reduce((sum, row) => sum + row.count, 0),
      selfNs: rows.reduce((sum, row) => sum + row.selfNs, 0),
      done,
    };
  }

  #rows(query: TableQuery, stretch: Stretch, filter: CompiledQuery | undefined): Promise<{ rows: TableRow[]; done: number }> {
    if (filter?.looksAtSlices) return this.#collectedRows(query, stretch, filter);
    if (query.by === 'name') return this.#rowsByName(stretch, filter);
    if (query.by === 'thread') return this.#rowsByThread(stretch, filter);
    return this.#rowsByGroup(query.by, stretch, filter, query.scope);
  }

  /** Sums of a track by name, and what part of it could be told. `only`: durations by bin are wanted of these. */
  async #totalsOf(track: Track, stretch: Stretch, totals: NameTotals, only?: ReadonlySet<NameId>): Promise<number> {
    let lacking = 0;
    let segments = 0;
    for (const band of track.bands) {
      const wanted = new Wanted();
      lacking += addStatistics(band, stretch, totals, wanted, only);
      this.#timeline.loader.wantToo(wanted);
      segments += Math.max(1, band.tree.roots.length);
      for (const slice of await this.#openAt(band, stretch)) {
        const id = band.nameOf(slice.name);
        const durationNs = (slice.endNs === Number.POSITIVE_INFINITY ? stretch.endNs : slice.endNs) - slice.startNs;
        totals.addOpen(id, durationNs);
        if (only?.has(id)) {
          const bins = totals.bins(id);
          bins[binOf(durationNs)] = (bins[binOf(durationNs)] as number) + 1;
        }
      }
    }
    return Math.min(1, lacking / Math.max(1, segments));
  }

  /** Slices that overlap a stretch and end behind it. */
  async #openAt(band: Band, stretch: Stretch): Promise<FoundSlice[]> {
    const finder = this.#explorer.finder({ band });
    const { toNs } = stretch;
    const crossing = await finder.crossing(toNs, toNs);
    const found = crossing.filter((slice) => slice.endNs > toNs || slice.endNs === Number.POSITIVE_INFINITY).filter((slice) => slice.startNs < toNs);
    const node = toNs === Number.POSITIVE_INFINITY ? undefined : finder.segmentAt(toNs);
    const slices = node ? node.slices : band.tail?.slices;
    if (slices) {
      eachOpenAt(slices, toNs, (i) => {
        const { table } = slices;
        found.push({
          band,
          row: table.depthOf(i),
          startNs: table.startOf(i),
          endNs: table.endOf(i),
          selfNs: table.selfOf(i),
          name: table.nameOf(i),
          flags: table.flagsOf(i),
          ref: band.refOf(slices, i, node),
        });
      });
    }
    return found;
  }

  async #namesTotals(stretch: Stretch, only?: ReadonlySet<NameId>): Promise<{ readonly totals: NameTotals; readonly done: number }> {
    const totals = new NameTotals();
    let lacking = 0;
    for (const track of stretch.tracks) lacking += await this.#totalsOf(track, stretch, totals, only);
    return { totals, done: 1 - lacking / Math.max(1, stretch.tracks.length) };
  }

  async #rowsByName(stretch: Stretch, filter: CompiledQuery | undefined): Promise<{ rows: TableRow[]; done: number }> {
    const { names } = this.#timeline;
    const { totals, done } = await this.#namesTotals(stretch);
    const rows: TableRow[] = [];
    totals.each((id) => {
      if (!filter || filter.mayMatch(names, id)) rows.push(rowOf(id, names.text(id), new Sum().take(totals, id, totals.total(id))));
    });
    return { rows, done };
  }

  async #rowsByThread(stretch: Stretch, filter: CompiledQuery | undefined): Promise<{ rows: TableRow[]; done: number }> {
    const { names } = this.#timeline;
    const rows: TableRow[] = [];
    let lacking = 0;
    for (const track of stretch.tracks) {
      const totals = new NameTotals();
      lacking += await this.#totalsOf(track, stretch, totals);
      const sum = new Sum();
      // What any slice was open is what they took themselves, all together.
      totals.each((id) => {
        if (!filter || filter.mayMatch(names, id)) sum.take(totals, id, totals.self(id));
      });
      if (sum.count > 0) rows.push(rowOf(track.id, this.#timeline.labelOf(track), sum));
    }
    return { rows, done: 1 - lacking / Math.max(1, stretch.tracks.length) };
  }

  async #rowsByGroup(by: 'file' | 'category', stretch: Stretch, filter: CompiledQuery | undefined, scope: Scope): Promise<{ rows: TableRow[]; done: number }> {
    const { totals, done } = await this.#namesTotals(stretch);
    const groups = this.#groups[by];
    const { names } = this.#timeline;
    const groupOf = (id: NameId) => (filter && !filter.mayMatch(names, id) ? NO_GROUP : this.groupOf(by, id));
    const sums = new Map<number, Sum>();
    totals.each((id) => {
      const group = groupOf(id);
      if (group === NO_GROUP) return;
      const sum = sums.get(group) ?? new Sum();
      sums.set(group, sum.take(totals, id, 0));
    });
    const scan = await this.#jobs.ask(`groups ${by} ${scopeKey(scope)}`, stretch, () => new GroupTotals(groupOf));
    const rows = [...sums].map(([group, sum]) => rowOf(group, groups.text(group), sum.withTotal(scan.result.total(group))));
    return { rows, done: Math.min(done, scan.done) };
  }

  /** Rows out of slices that are looked at one by one, where the search is for more than names. */
  async #collectedRows(query: TableQuery, stretch: Stretch, filter: CompiledQuery): Promise<{ rows: TableRow[]; done: number }> {
    const { collector, done } = await this.#collect(query.scope, stretch, 'duration', undefined, filter);
    const sums = new Map<number, Sum>();
    for (const slice of collector) {
      const key = this.keyOf(query.by, slice.name, slice.track);
      const sum = sums.get(key) ?? new Sum();
      const inside = Math.max(0, Math.min(slice.endNs, stretch.toNs) - Math.max(slice.startNs, stretch.fromNs));
      sums.set(key, sum.takeOne(slice.endNs - slice.startNs, (slice.flags & SliceFlag.RECURSIVE) === 0 ? inside : 0, slice.selfNs));
    }
    return { rows: [...sums].map(([key, sum]) => rowOf(key, this.labelOf(query.by, key), sum)), done };
  }

  /** Key of a row of a table. */
  keyOf(by: GroupBy, name: NameId, track: Track): number {
    return by === 'name' ? name : by === 'thread' ? track.id : this.groupOf(by, name);
  }

  labelOf(by: GroupBy, key: number): string {
    if (by === 'name') return this.#timeline.names.text(key);
    if (by !== 'thread') return this.#groups[by].text(key);
    const track = this.#timeline.tracks[key];
    return track ? this.#timeline.labelOf(track) : '';
  }

  groupOf(by: 'file' | 'category', name: NameId): number {
    const { names } = this.#timeline;
    return this.#groups[by].of(name, () => (by === 'file' ? names.file(name) : names.category(name)));
  }

  // Durations

  async spread(scope: Scope, by: GroupBy, keys: readonly number[], endNs: number): Promise<Spread[]> {
    const stretch = this.#stretch(scope, endNs);
    const wanted = new Set(keys.slice(0, MAX_KEYS));
    const exact = await this.#exactDurations(scope, by, wanted, stretch);
    if (exact) return [...wanted].map((key) => ({ key, isExact: exact.done === 1, done: exact.done, ...spreadOfSorted(exact.of(key)) }));
    const { bins, sums, done } = await this.#binned(by, wanted, stretch);
    return [...wanted].map((key) => ({ key, isExact: false, done, ...spreadOfBins(bins.get(key) ?? new Float64Array(BINS), sums.get(key) ?? new Sum()) }));
  }

  /** Undefined: there are too many. */
  async #exactDurations(
    scope: Scope,
    by: GroupBy,
    wanted: ReadonlySet<number>,
    stretch: Stretch,
  ): Promise<{ readonly done: number; readonly of: (key: number) => Float64Array } | undefined> {
    let segments = 0;
    for (const track of stretch.tracks)
      for (const band of track.bands) segments += band.tree.segments.filter((node) => node.toNs >= stretch.fromNs && node.fromNs <= stretch.toNs).length;
    if (segments > MAX_EXACT_SEGMENTS) return undefined;
    const { totals } = await this.#namesTotals(stretch);
    let count = 0;
    totals.each((id) => {
      if (by === 'thread' || wanted.has(by === 'name' ? id : this.groupOf(by, id))) count += totals.count(id);
    });
    if (count > MAX_DURATIONS) return undefined;
    const filter = this.#filterOf(scope);
    const { names } = this.#timeline;
    const groupOf = (name: NameId, track: Track): number => {
      const key = this.keyOf(by, name, track);
      return wanted.has(key) && (!filter || filter.mayMatch(names, name)) ? key : -1;
    };
    const key = `durations ${by} ${[...wanted].sort((a, b) => a - b).join(' ')} ${scopeKey(scope)}`;
    const { result, done } = await this.#jobs.ask(key, stretch, () => new Durations(groupOf));
    const open = new Durations(groupOf);
    for (const track of stretch.tracks) {
      for (const band of track.bands) {
        for (const slice of await this.#openAt(band, stretch)) {
          const group = groupOf(band.nameOf(slice.name), track);
          if (group >= 0) open.put(group, (slice.endNs === Number.POSITIVE_INFINITY ? stretch.endNs : slice.endNs) - slice.startNs);
        }
      }
    }
    return {
      done,
      of: (group) => {
        const [ended, still] = [result.of(group), open.of(group)];
        const all = new Float64Array(ended.length + still.length);
        all.set(ended);
        all.set(still, ended.length);
        return all.sort();
      },
    };
  }

  /** Durations of groups by bin. */
  async #binned(
    by: GroupBy,
    wanted: ReadonlySet<number>,
    stretch: Stretch,
  ): Promise<{ bins: Map<number, Float64Array>; sums: Map<number, Sum>; done: number }> {
    const bins = new Map<number, Float64Array>();
    const sums = new Map<number, Sum>();
    let lacking = 0;
    for (const track of stretch.tracks) {
      const only = new Set<NameId>();
      for (let id = 0; id < this.#timeline.names.length; id++) if (wanted.has(this.keyOf(by, id, track))) only.add(id);
      const totals = new NameTotals();
      lacking += await this.#totalsOf(track, stretch, totals, only);
      for (const id of only) {
        if (totals.count(id) === 0) continue;
        const key = this.keyOf(by, id, track);
        const into = bins.get(key) ?? new Float64Array(BINS);
        bins.set(key, into);
        totals.bins(id).forEach((count, bin) => {
          into[bin] = (into[bin] as number) + count;
        });
        sums.set(key, (sums.get(key) ?? new Sum()).take(totals, id, totals.total(id)));
      }
    }
    return { bins, sums, done: 1 - lacking / Math.max(1, stretch.tracks.length) };
  }

  async histogram(scope: Scope, by: GroupBy, key: number, buckets: number, endNs: number): Promise<DurationHistogram> {
    const stretch = this.#stretch(scope, endNs);
    const wanted = new Set([key]);
    const exact = await this.#exactDurations(scope, by, wanted, stretch);
    if (exact) return { ...histogramOfSorted(exact.of(key), buckets), isExact: exact.done === 1, done: exact.done };
    const { bins, done } = await this.#binned(by, wanted, stretch);
    return { ...histogramOfBins(bins.get(key) ?? new Float64Array(BINS), buckets), isExact: false, done };
  }

  // Lists of slices

  async slices(query: SlicesQuery, endNs: number): Promise<SlicesPage> {
    const stretch = this.#stretch(query.scope, endNs);
    const { collector: found, done, total } = await this.#collect(query.scope, stretch, query.sort === 'self' ? 'self' : 'duration', query);
    const sign = query.descending ? -1 : 1;
    const by: (slice: Collected) => number =
      query.sort === 'time' ? (slice) => slice.startNs : query.sort === 'self' ? (slice) => slice.selfNs : (slice) => slice.endNs - slice.startNs;
    const sorted = [...found].sort((a, b) => sign * (by(a) - by(b)) || a.startNs - b.startNs || a.track.id - b.track.id || a.row - b.row);
    const from = Math.max(0, Math.floor(query.from));
    const rows = sorted.slice(from, from + Math.min(MAX_PAGE, Math.max(0, query.count))).map((slice) => this.#rowOf(slice, stretch));
    return { rows, total, listed: found.length, done };
  }

  #rowOf(slice: Collected, stretch: Stretch): SliceRow {
    return this.#explorer.rowOf({ track: slice.track, slice }, stretch.endNs, slice.name);
  }

  /** Slices of a scope that pass, those that cross borders of segments too. */
  async #collect(
    scope: Scope,
    stretch: Stretch,
    by: 'duration' | 'self',
    query: SlicesQuery | undefined,
    filter = this.#filterOf(scope),
  ): Promise<{ readonly collector: readonly Collected[]; readonly done: number; readonly total: number }> {
    const accepts = this.#accepts(query, filter);
    const key = `list ${by} ${query?.group?.by ?? ''} ${query?.group?.key ?? ''} ${query?.minNs ?? ''} ${query?.maxNs ?? ''} ${scopeKey(scope)}`;
    if (filter?.looksAtArgs) {
      const { result, done } = await this.#jobs.ask(
        `args ${key}`,
        stretch,
        () => new SearchHits({ query: filter, timeline: this.#timeline, explorer: this.#explorer, accepts }),
      );
      return { collector: result.held, done, total: result.found };
    }
    const { result, done } = await this.#jobs.ask(key, stretch, () => new SliceCollector(accepts, by));
    const all = [...result.held];
    let total = result.found;
    const known = new Set(all.filter((slice) => (slice.flags & SliceFlag.CAME) !== 0).map(placeKey));
    for (const track of stretch.tracks) {
      for (const band of track.bands) {
        for (const slice of await this.#openAt(band, stretch)) {
          const endNs = slice.endNs === Number.POSITIVE_INFINITY ? stretch.endNs : slice.endNs;
          const collected: Collected = { ...slice, track, name: band.nameOf(slice.name), endNs };
          if (known.has(placeKey(collected)) || !result.accepts(collected)) continue;
          all.push(collected);
          total++;
        }
      }
    }
    return { collector: await this.#withRefs(all), done, total };
  }

  /** A segment that was decoded alone does not know where what came into it began: the lists above it do. */
  async #withRefs(slices: Collected[]): Promise<Collected[]> {
    const lacking = slices.some((slice) => slice.ref === 0 || Number.isNaN(slice.selfNs));
    if (!lacking) return slices;
    const resolved: Collected[] = [];
    for (const slice of slices) {
      if (slice.ref !== 0 && !Number.isNaN(slice.selfNs)) resolved.push(slice);
      else {
        const whole = await this.#explorer.finder(slice).whole({ ...slice, name: 0, flags: SliceFlag.CAME });
        resolved.push({ ...slice, ref: whole.ref, selfNs: whole.selfNs });
      }
    }
    return resolved;
  }

  #accepts(query: SlicesQuery | undefined, filter: CompiledQuery | undefined): Accepts {
    const { names } = this.#timeline;
    const minNs = query?.minNs ?? Number.NEGATIVE_INFINITY;
    const maxNs = query?.maxNs ?? Number.POSITIVE_INFINITY;
    const group = query?.group;
    return (name, durationNs, selfNs, flags, track) => {
      if (durationNs < minNs || durationNs > maxNs) return false;
      if (group && this.keyOf(group.by, name, track) !== group.key) return false;
      if (!filter) return true;
      return filter.matches(names, name, { durationNs, selfNs, flags, isAsync: track.kind === 'async', thread: this.#timeline.labelOf(track) });
    };
  }

  // Call trees

  async #pathTree(query: Omit<TreeQuery, 'paths'>, endNs: number): Promise<{ readonly tree: PathTree; readonly children: Children; readonly done: number }> {
    const stretch = this.#stretch(query.scope, endNs);
    const { result, done } = await this.#jobs.ask(`paths ${scopeKey(query.scope)}`, stretch, () => new PathTree());
    const changed = transformed(result, query.transforms, (name, like) => this.#nameOfFile(name, like));
    const tree =
      query.direction === 'callers'
        ? inverted(changed, query.of)
        : query.of === undefined
          ? changed
          : transformed(changed, [{ kind: 'focus', name: query.of }], () => undefined);
    return { tree, children: new Children(tree), done };
  }

  /** All functions of the file of `like` as one name; undefined: this one is of another. */
  #nameOfFile(name: NameId, like: NameId): NameId | undefined {
    const file = this.groupOf('file', like);
    if (this.groupOf('file', name) !== file) return undefined;
    const text = this.#groups.file.text(file);
    return this.#timeline.names.intern(text, '', text);
  }

  async tree(query: TreeQuery, endNs: number): Promise<TreeLevels> {
    const { tree, children, done } = await this.#pathTree(query, endNs);
    const levels = query.paths.slice(0, MAX_LEVELS).map((path) => levelOf(tree, children, path));
    return { levels, totalNs: totalOf(tree, children), done };
  }

  /** In all of the tree, whatever of it is open. */
  async findInTree(query: TreeFindQuery, endNs: number): Promise<TreeFound> {
    const { tree, children, done } = await this.#pathTree(query, endNs);
    const { names } = this.#timeline;
    const wanted = query.text.trim().toLowerCase();
    const known = new Map<NameId, boolean>();
    const matches = (name: NameId): boolean => {
      let is = known.get(name);
      if (is === undefined) {
        is = wanted !== '' && names.text(name).toLowerCase().includes(wanted);
        known.set(name, is);
      }
      return is;
    };
    const { path, ...found } = findInTree(tree, children, matches, query.from, query.backwards === true);
    return { ...found, path: path ?? null, done };
  }

  async flame(query: FlameQuery, endNs: number): Promise<FlameLayout> {
    const { tree, children, done } = await this.#pathTree(query, endNs);
    return { ...flameOf(tree, children, query.path, query.minShare), done };
  }

  // Search

  #compiled(text: string): CompiledQuery | { readonly message: string; readonly at: number } {
    const known = this.#queries.get(text);
    if (known) return known;
    const parsed = parseSearch(text);
    if (parsed.kind === 'problem') return parsed;
    this.#queries.set(text, parsed.query);
    for (const oldest of this.#queries.keys()) {
      if (this.#queries.size <= MAX_QUERIES) break;
      this.#queries.delete(oldest);
    }
    return parsed.query;
  }

  /** What cannot be understood filters nothing. */
  #filterOf(scope: Scope): CompiledQuery | undefined {
    if (!scope.search) return undefined;
    const compiled = this.#compiled(scope.search);
    return 'message' in compiled ? undefined : compiled;
  }

  async search(text: string, scope: Scope, endNs: number): Promise<SearchState> {
    const query = this.#compiled(text);
    if ('message' in query) return { problem: query, names: 0, hits: 0, done: 1 };
    const stretch = this.#stretch(scope, endNs);
    const { names } = this.#timeline;
    let matching = 0;
    for (let id = 1; id < names.length; id++) if (query.mayMatch(names, id)) matching++;
    if (!query.looksAtSlices) {
      const { totals, done } = await this.#namesTotals(stretch);
      let hits = 0;
      totals.each((id) => {
        if (query.mayMatch(names, id)) hits += totals.count(id);
      });
      return { names: matching, hits, done };
    }
    const { total, done } = await this.#collect({ ...scope, search: text }, stretch, 'duration', undefined, query);
    return { names: matching, hits: total, done };
  }

  async step(
    text: string,
    scope: Scope,
    after: { readonly ref: number } | { readonly timeNs: number },
    backwards: boolean,
    endNs: number,
  ): Promise<SliceRow | undefined> {
    const query = this.#compiled(text);
    if ('message' in query) return undefined;
    const stretch = this.#stretch(scope, endNs);
    let from: PlacedSlice | { readonly timeNs: number } | undefined;
    if ('timeNs' in after) from = after;
    else from = await this.#explorer.find(after.ref);
    if (!from) return undefined;
    const found = await stepTo({ query, stretch, from, backwards, timeline: this.#timeline, explorer: this.#explorer });
    return found && this.#explorer.rowOf(found, endNs);
  }

  /** What a view highlights; undefined: nothing. */
  highlight(text: string | undefined): IsHit | undefined {
    if (!text) return undefined;
    const query = this.#compiled(text);
    if ('message' in query) return undefined;
    const { names } = this.#timeline;
    return (name, durationNs, selfNs, flags) => query.matches(names, name, { durationNs, selfNs, flags, isAsync: false, thread: '' });
  }

  /** Resolves when all questions are answered in full. */
  async settled(): Promise<void> {
    await this.#jobs.settled();
  }
}

const NO_GROUP = 0;
const scopeKey = ({ fromNs, toNs, tracks, search }: Scope): string => JSON.stringify([fromNs ?? null, toNs ?? null, tracks ?? null, search ?? '']);
const placeKey = (slice: Collected): string => `${slice.track.id} ${slice.row} ${slice.startNs}`;

/** Texts that group names, with a number from 1. */
class Groups {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [''];
  readonly #ofName: number[] = [];

  of(name: NameId, text: () => string): number {
    const known = this.#ofName[name];
    if (known !== undefined) return known;
    const value = text();
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#texts.push(value) - 1;
      this.#ids.set(value, id);
    }
    this.#ofName[name] = id;
    return id;
  }

  text(id: number): string {
    return this.#texts[id] ?? '';
  }
}

const rowOf = (key: number, label: string, { count, sum, min, max, total, self }: Sum): TableRow => ({
  key,
  label,
  count,
  totalNs: total,
  // Times come from sums and differences of doubles.
  selfNs: Math.max(0, self),
  meanNs: count > 0 ? sum / count : 0,
  minNs: count > 0 ? min : 0,
  maxNs: count > 0 ? max : 0,
});

function comparison({ sort, descending }: TableQuery): (a: TableRow, b: TableRow) => number {
  const sign = descending ? -1 : 1;
  const byLabel = (a: TableRow, b: TableRow) => (a.label < b.label ? -1 : a.label > b.label ? 1 : a.key - b.key);
  if (sort === 'label') return (a, b) => sign * byLabel(a, b);
  const of: Readonly<Record<Exclude<TableQuery['sort'], 'label'>, (row: TableRow) => number>> = {
    count: (row) => row.count,
    total: (row) => row.totalNs,
    self: (row) => row.selfNs,
    mean: (row) => row.meanNs,
    min: (row) => row.minNs,
    max: (row) => row.maxNs,
  };
  return (a, b) => sign * (of[sort](a) - of[sort](b)) || byLabel(a, b);
}
