/** Every text of the issues that a user reads, beside the sentences that the trace itself tells. */
import { clipText, formatMoment } from '../../drawing/format.ts';
import type { IssueInfo, IssueKind } from '../../trace/trace-worker-api.ts';

const KINDS: Readonly<Record<IssueKind, string>> = {
  unmatched: 'Ends without a beginning',
  'open-slices': 'Not ended',
  'negative-durations': 'Negative durations',
  'clock-jumps': 'Clock ran backwards',
  gaps: 'Records lost',
  overlaps: 'Overlapping slices',
  'damaged-records': 'Damaged records',
  'undefined-names': 'Names missing',
  'unbound-flows': 'Arrows without a start',
  'left-out': 'Left out',
  muted: 'Muted',
  imported: 'Import',
};

export const words = {
  panel: 'Issues',
  list: 'Issues of this trace',
  kind: (kind: IssueKind) => KINDS[kind],
  count: (count: number) => count.toLocaleString('en-US'),
  /** "main, at 1.200 000 s". */
  example: ({ timeNs, text }: NonNullable<IssueInfo['example']>) =>
    text === '' ? `at ${formatMoment(timeNs)}` : `${clipText(text, 80)}, at ${formatMoment(timeNs)}`,
  firstOf: (count: number) => (count === 1 ? 'Show' : 'Show the first'),
  notShown: 'The place of this issue could not be found',
  none: 'No issues',
  noneWhy: { sofar: 'All that was recorded so far is shown as it was recorded.', over: 'All that was recorded is shown as it was recorded.' },
  failed: 'The issues could not be listed',
} as const;

/** Whether something is missing or may be wrong, or only to be known. */
export const isWarning = (kind: IssueKind): boolean => kind !== 'muted' && kind !== 'open-slices' && kind !== 'imported' && kind !== 'overlaps';
