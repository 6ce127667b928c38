import type { IssueInfo } from '../timeline-types.ts';
import { CallBand } from './call-band.ts';
import { SortedBand } from './sorted-band.ts';
import type { Timeline } from './timeline.ts';

/** What the model knows beside the timeline. */
export interface OtherIssues {
  readonly damagedRecords: number;
  readonly dropped: number;
  /** Of an imported trace: what could not be taken in. */
  readonly imported: readonly { readonly count: number; readonly text: string }[];
  /** Functions and files that were muted for a while. */
  readonly muted: number;
  readonly firstMuted: { readonly timeNs: number; readonly text: string } | undefined;
  /** While a trace grows open slices are no issue. */
  readonly isComplete: boolean;
}

/** What is not as it should be in a trace: how much of it, what it means, and one example. */
export function issuesOf(timeline: Timeline, other: OtherIssues): IssueInfo[] {
  const { imported, muted, firstMuted, damagedRecords, dropped, isComplete } = other;
  const issues = [
    ...ofCalls(timeline, isComplete),
    ofOverlaps(timeline),
    ofGaps(timeline, dropped),
    // While a trace grows the other thread's part may be on its way.
    ...(isComplete ? [ofAsync(timeline), ofFlows(timeline)] : []),
    some(
      'muted',
      muted,
      (count) => `${times(count, 'function or file', 'functions or files')} ${wasOrWere(count)} muted for a while: their calls are missing from then on.`,
      firstMuted,
    ),
    ...imported.map(({ count, text }): IssueInfo => ({ kind: 'imported', count, text })),
    some(
      'undefined-names',
      timeline.missingNames,
      (count) => `${times(count, 'name')} ${isOrAre(count)} not defined in the recording: the slices are there, under numbers.`,
    ),
    some('damaged-records', damagedRecords, (count) => `${times(count, 'record')} could not be understood and ${wasOrWere(count)} left out.`),
  ];
  return issues.filter((issue) => issue !== undefined);
}

function some(kind: IssueInfo['kind'], count: number, text: (count: number) => string, example?: IssueInfo['example']): IssueInfo | undefined {
  return count === 0 ? undefined : { kind, count, text: text(count), ...(example && { example }) };
}

const times = (count: number, what: string, many = `${what}s`): string => `${count} ${count === 1 ? what : many}`;
const isOrAre = (count: number): string => (count === 1 ? 'is' : 'are');
const wasOrWere = (count: number): string => (count === 1 ? 'was' : 'were');

function ofCalls(timeline: Timeline, isComplete: boolean): (IssueInfo | undefined)[] {
  let [open, unmatched, jumps, tooDeep] = [0, 0, 0, 0];
  const examples: Record<'open' | 'jumps' | 'tooDeep', IssueInfo['example']> = { open: undefined, jumps: undefined, tooDeep: undefined };
  for (const track of timeline.tracks) {
    for (const band of track.bands) {
      if (!(band instanceof CallBand)) continue;
      const { problems } = band;
      if (problems.jumps > 0) examples.jumps ??= { timeNs: problems.firstJumpNs, track: track.id, text: timeline.labelOf(track) };
      if (problems.tooDeep > 0) examples.tooDeep ??= { timeNs: problems.firstTooDeepNs, track: track.id, text: timeline.labelOf(track) };
      if (band.open > 0) examples.open ??= { timeNs: band.openSinceNs, track: track.id, ref: band.outermostOpen, text: timeline.labelOf(track) };
      open += band.open;
      jumps += problems.jumps;
      tooDeep += problems.tooDeep;
      unmatched += band.unmatched;
    }
  }
  return [
    some(
      'open-slices',
      isComplete ? open : 0,
      (count) => `${times(count, 'call')} had not ended at the end of the trace: drawn up to there, and counted so.`,
      examples.open,
    ),
    some('unmatched', unmatched, (count) => `${times(count, 'end')} of calls ${wasOrWere(count)} recorded without a beginning, and left out.`),
    some(
      'clock-jumps',
      jumps,
      (count) => `The clock ran backwards ${times(count, 'time')}: what was recorded meanwhile stands at the time before.`,
      examples.jumps,
    ),
    some('left-out', tooDeep, (count) => `${times(count, 'call')} ${isOrAre(count)} nested too deep to be shown, below 4096 others.`, examples.tooDeep),
  ];
}

function ofOverlaps(timeline: Timeline): IssueInfo | undefined {
  let overlaps = 0;
  let example: IssueInfo['example'];
  for (const track of timeline.tracks) {
    for (const band of track.bands) {
      if (!(band instanceof SortedBand) || band.overflow.count === 0) continue;
      overlaps += band.overflow.count;
      const first = band.overflow.first;
      if (first) example ??= { timeNs: first.startNs, track: track.id, ref: first.ref, text: timeline.names.text(first.name) };
    }
  }
  return some(
    'overlaps',
    overlaps,
    (count) => `${times(count, 'slice')} overlap${count === 1 ? 's' : ''} others of the same track without nesting: shown whole, in rows of their own below.`,
    example,
  );
}

function ofGaps(timeline: Timeline, dropped: number): IssueInfo | undefined {
  const { gaps } = timeline;
  const lost = Math.max(dropped, gaps.lost);
  if (lost === 0 && gaps.gaps === 0) return undefined;
  const track = timeline.trackOf('calls', gaps.firstGapStream);
  const example = { timeNs: gaps.firstGapNs, ...(track && { track: track.id }), text: track ? timeline.labelOf(track) : '' };
  const where = gaps.gaps > 0 ? `, in ${times(gaps.gaps, 'place')}` : '';
  return some(
    'gaps',
    Math.max(1, gaps.gaps),
    () => `${times(lost, 'record')} ${wasOrWere(lost)} lost${where}: slices around are as exact as what is left.`,
    gaps.gaps > 0 ? example : undefined,
  );
}

function ofAsync(timeline: Timeline): IssueInfo | undefined {
  const { unmatched, firstUnmatchedNs } = timeline.async;
  return some('unmatched', unmatched, (count) => `${times(count, 'end')} of async slices ${wasOrWere(count)} recorded without a beginning, and left out.`, {
    timeNs: firstUnmatchedNs,
    text: '',
  });
}

function ofFlows(timeline: Timeline): IssueInfo | undefined {
  const { unbound, firstUnboundNs } = timeline.flows;
  return some('unbound-flows', unbound, (count) => `${times(count, 'arrow')} ${isOrAre(count)} without a start, and not drawn.`, {
    timeNs: firstUnboundNs,
    text: '',
  });
}
