import { HISTOGRAM_LEVEL } from '../../protocol/summary/segment-rule.ts';
import { SliceFlag } from '../../protocol/summary/slice-table.ts';
import type { Statistics } from '../../protocol/summary/statistics.ts';
import { statisticsOf } from '../../protocol/summary/statistics.ts';
import type { NameId, Scope } from '../timeline-types.ts';
import type { Band } from './band.ts';
import type { NameTotals } from './name-totals.ts';
import type { Wanted } from './node-loader.ts';
import type { Slices, TreeNode } from './slice-tree.ts';
import type { Track } from './track.ts';

/** A scope with its tracks and its times. `endNs`: where open slices end. */
export interface Stretch {
  readonly tracks: readonly Track[];
  readonly fromNs: number;
  readonly toNs: number;
  readonly endNs: number;
}

/** Without tracks: the calls and slices of threads. */
export function stretchOf(scope: Scope, tracks: readonly Track[], endNs: number): Stretch {
  const chosen = scope.tracks ? scope.tracks.flatMap((id) => tracks[id] ?? []) : tracks.filter(({ kind }) => kind === 'calls' || kind === 'slices');
  const fromNs = scope.fromNs ?? Number.NEGATIVE_INFINITY;
  const toNs = scope.toNs ?? Number.POSITIVE_INFINITY;
  return { tracks: chosen, fromNs, toNs: Math.max(fromNs, toNs), endNs };
}

/** A segment or the tail (no node) of a band in a stretch. */
export interface Unit {
  readonly track: Track;
  readonly band: Band;
  readonly node: TreeNode | undefined;
  readonly fromNs: number;
  readonly toNs: number;
}

/** Segments of a stretch that stay as they are, track by track in order of time. */
export function segmentsOf(stretch: Stretch): Unit[] {
  return stretch.tracks.flatMap((track) =>
    track.bands.flatMap((band) =>
      band.tree.segments
        .slice(0, band.settled)
        .flatMap((node) => (node.toNs < stretch.fromNs || node.fromNs > stretch.toNs ? [] : [{ track, band, node, fromNs: node.fromNs, toNs: node.toNs }])),
    ),
  );
}

/** What still changes: in memory. */
export function tailsOf(stretch: Stretch): (Unit & { readonly slices: Slices })[] {
  const { fromNs, toNs, endNs } = stretch;
  return stretch.tracks.flatMap((track) =>
    track.bands.flatMap((band) => {
      const units = band.tree.segments.slice(band.settled).flatMap((node) => {
        const { slices } = node;
        return slices && node.toNs >= fromNs && node.fromNs <= toNs ? [{ track, band, node, slices, fromNs: node.fromNs, toNs: node.toNs }] : [];
      });
      const { tail } = band;
      if (!tail || tail.slices.table.count === 0 || tail.fromNs > toNs || Math.max(tail.toNs, endNs) < fromNs) return units;
      return [...units, { track, band, node: undefined, slices: tail.slices, fromNs: tail.fromNs, toNs: Math.max(tail.toNs, endNs) }];
    }),
  );
}

/**
 * Adds the statistics of a stretch of one band: whole nodes by what they know, the two segments at its ends by their slices. `wanted` gets what was used and what is
 * not in memory; returns how many nodes that is. `only`: durations by bin are wanted of these names, so nodes that do not know them are taken apart.
 */
export function addStatistics(band: Band, stretch: Stretch, totals: NameTotals, wanted: Wanted, only?: ReadonlySet<NameId>): number {
  const { fromNs, toNs } = stretch;
  let lacking = 0;
  const nameOf = (name: number) => band.nameOf(name);
  const ofSlices = (slices: Slices, from: number, to: number): void => {
    totals.add(partOf(slices, Math.max(from, fromNs), Math.min(to, toNs), fromNs <= from), nameOf, only);
  };
  const visit = (node: TreeNode): void => {
    if (node.toNs < fromNs || node.fromNs > toNs) return;
    const { statistics } = node;
    // Below this level a node from the file does not know the durations.
    const isEnough = only === undefined || (statistics ? statistics.histogram !== undefined : node.level >= HISTOGRAM_LEVEL);
    if (node.fromNs >= fromNs && node.toNs <= toNs && isEnough && (statistics || node.source)) {
      wanted.use('statistics', node, band);
      if (statistics) totals.add(statistics, nameOf, only);
      else lacking++;
    } else if (node.level > 0) node.parts.forEach(visit);
    else {
      wanted.use('slices', node, band);
      if (node.slices) ofSlices(node.slices, node.fromNs, node.toNs);
      else lacking++;
    }
  };
  band.tree.roots.forEach(visit);
  const { tail } = band;
  if (tail && tail.slices.table.count > 0) ofSlices(tail.slices, tail.fromNs, Math.max(tail.toNs, stretch.endNs));
  return lacking;
}

const partOf = (slices: Slices, fromNs: number, toNs: number, isFirst: boolean): Statistics => statisticsOf(slices.table, fromNs, toNs, isFirst);

/** Slices of a segment or tail that begin before a time and end after it, and do not cross its borders. */
export function eachOpenAt(slices: Slices, timeNs: number, each: (i: number) => void): void {
  const { table } = slices;
  for (let i = table.entries; i < table.count; i++) {
    if (table.startOf(i) >= timeNs) break;
    if (table.endOf(i) > timeNs && (table.flagsOf(i) & SliceFlag.LEFT) === 0) each(i);
  }
}
