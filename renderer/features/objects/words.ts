/** Every text of the object inspector that a user reads, apart from those of single values (`value-rows.ts`). */
import { formatCount, formatMoment } from '../../drawing/format.ts';
import { plural } from '../../state/words.ts';
import type { FieldOrder } from '../../trace/trace-worker-api.ts';

/** Of what grows, the newest are always still to be looked at: that is nothing to tell. */
export const BEHIND = 0.95;

export const words = {
  list: {
    menu: 'What can be done with it',
    sides: { value: 'Show its value', diff: 'Compare snapshots', fields: 'When its fields changed', history: 'History of a field' },
    showTrack: 'Show it on the timeline',
    copyName: 'Copy name',
    copied: 'Copied',
    noClass: '(no class)',
    fold: 'Fold',
    unfold: 'Unfold',
    label: 'Objects',
    filter: 'Filter objects',
    filterHint: 'Filter',
    noMatch: 'No object matches.',
    about: (snapshots: number, isDeleted: boolean) => `${plural(snapshots, 'snapshot')}${isDeleted ? ', deleted' : ''}`,
    deleted: 'deleted',
  },
  sides: { label: 'What is shown', value: 'Value', diff: 'Diff', fields: 'Fields', history: 'History' },
  live: 'Live',
  liveTitle: 'Show each new snapshot as it comes',
  deleted: 'deleted',
  deletedAt: (ns: number) => `Deleted at ${formatMoment(ns)}`,
  previous: 'Previous snapshot',
  next: 'Next snapshot',
  snapshot: 'Snapshot',
  snapshotOf: (count: number) => `of ${formatCount(count)}`,
  goThere: 'Put the cross-hair here',
  pin: (side: 'a' | 'b', isPinned: boolean) => (isPinned ? `Let go of snapshot ${side.toUpperCase()}` : `Pin this snapshot as ${side.toUpperCase()}`),
  since: (index: number, changes: number) =>
    index === 0 ? 'First snapshot' : changes === 0 ? 'Nothing changed since the snapshot before' : 'Since the snapshot before',
  pinned: (a: string, b: string) => `${a} → ${b}`,
  pinName: (side: 'A' | 'B', index: number) => `${side} ${formatCount(index + 1)}`,
  shown: 'shown',
  nothingBetween: 'no difference',
  counted: (what: 'added' | 'removed' | 'changed' | 'moved', count: number) => `${formatCount(count)} ${what}`,
  before: 'The cross-hair stands before the first snapshot.',
  search: 'Search path or value',
  searchOpen: 'Search in the value',
  searchClose: 'Close the search',
  hits: (at: number, total: number, isAll: boolean) => (total === 0 ? 'none' : `${formatCount(at + 1)} of ${formatCount(total)}${isAll ? '' : '+'}`),
  nextHit: 'Next match',
  previousHit: 'Previous match',
  onlyChanges: 'Only what changed',
  noChanges: { title: 'Nothing changed', text: 'Step to another snapshot, or show all of the value.' },
  noPin: {
    title: 'Two snapshots are compared here',
    text: 'Pin one as A, then go to another: what was added, removed, changed and moved from one to the other is marked.',
    pin: 'Pin this snapshot as A',
  },
  noDifference: { title: 'Both are the same', text: 'Step to another snapshot, or pin another one.' },
  cannotRead: 'This snapshot cannot be read',
  noSnapshot: { title: 'No snapshot yet', text: 'The object is there; nothing has been written to it, and log() was not called.' },
  copyPath: 'Copy path',
  pathCopied: 'Path copied',
  copyJson: 'Copy JSON',
  jsonCopied: (path: string) => (path === '' ? 'JSON copied' : `JSON of ${path} copied`),
  jsonGone: 'There is no such value in this snapshot',
  notCopied: 'The value could not be copied',
  changeBefore: (path: string) => `Previous change of ${path}`,
  changeAfter: (path: string) => `Next change of ${path}`,
  noChange: (path: string, backwards: boolean) => `No ${backwards ? 'earlier' : 'later'} change of ${path}`,
  notStepped: 'The changes could not be looked at',
  changes: (count: number) => plural(count, 'change'),
  fields: {
    region: 'Fields and when they changed',
    filter: 'Filter fields',
    orders: { name: 'Field', changes: 'Changes', newest: 'Last change' } satisfies Record<FieldOrder, string>,
    order: 'Order',
    sortBy: (order: string, isSorted: boolean) => (isSorted ? `${order}, sorted` : `Sort by ${order.toLowerCase()}`),
    counted: (total: number) => plural(total, 'field'),
    none: { title: 'No field matches', text: 'The filter looks for its text in the names of the fields.' },
    empty: { title: 'No field', text: 'No snapshot of the object holds anything so far.' },
    never: 'never',
  },
  looked: (done: number) => `${Math.floor(done * 100)} % looked at`,
  full: 'It changes more often than is kept: later changes are not counted.',
  history: {
    region: (path: string) => `History of ${path}`,
    none: {
      title: 'The history of one field',
      text: 'Choose a field, or a value in it, under Value or Fields. Each of its changes stands here, of numbers a graph too.',
    },
    empty: { title: 'It never held a value', text: 'No snapshot of this object has it.' },
    snapshot: (index: number) => `Snapshot ${formatCount(index + 1)}`,
    copy: 'Copy as CSV',
    copied: (rows: number, total: number) =>
      rows < total ? `The first ${plural(rows, 'row')} of ${formatCount(total)} copied` : `${plural(rows, 'row')} copied`,
    notCopied: 'The history could not be copied',
    graph: (path: string, low: string, high: string, points: number) =>
      `Graph of ${path}: ${plural(points, 'number')} from ${low} to ${high}. The table below has them all.`,
    removed: 'was removed',
  },

  // object-inspector
  followObject: 'An object of your script can be followed through time.',
  addThis: 'Add this to it:',
  addAndRunAgain: 'Add this to it, and run it again:',
  objectInspector: 'Object inspector',
  noObjectText: 'Choose one in the list of objects, or a snapshot among the events.',
  noObject: 'No object chosen',
  unreadable: 'The file could not be read.',

  // snapshot-strip
  snapshotSlider: 'Snapshot',
  snapshotAt: (index: number, count: number, timeNs: string) => `${index} of ${count}, ${timeNs}`,

  // value-pane
  valueOf: (name: string) => `Value of ${name}`,

  // value-tree
  movedFrom: (key: string) => `from ${key}`,
} as const;
