/** Every text of the selection's details that a user reads. */

import { formatCount } from '../../drawing/format.ts';
import type { LinkedSlice, SliceDetails, TrackInfo } from '../../trace/trace-worker-api.ts';

export const words = {
  panel: 'Selection',
  noneTitle: 'Nothing is selected',
  noneWhy: 'Click a slice or a track of the timeline. Arrow keys go from slice to slice.',
  goneTitle: 'This slice is not there any more',
  goneWhy: 'The recording keeps only its newest part.',
  reading: 'Reading',

  kinds: { call: 'call', slice: 'slice', async: 'async', instant: 'event', object: 'object' } satisfies Record<SliceDetails['kind'], string>,
  trackKinds: {
    calls: 'Calls of a thread',
    slices: 'Slices of a thread',
    async: 'Async slices of a process',
    instants: 'Events of a thread',
    counter: 'Counter',
    object: 'Object',
  } satisfies Record<TrackInfo['kind'], string>,
  open: 'open',
  threw: 'threw',

  total: 'Total',
  self: 'Self',
  start: 'Start',
  end: 'End',
  depth: 'Depth',
  thread: 'Thread',
  running: 'Running',
  waiting: 'Waiting',
  items: 'Items',
  rows: 'Rows',
  first: 'First',
  last: 'Last',
  sampled: 'Times are as exact as the sampling.',

  zoom: 'Zoom to it',
  range: 'Make it the range',
  previous: 'Previous in this row',
  next: 'Next in this row',
  copyName: 'Copy name',
  copyPlace: 'Copy the place in the source',
  copied: 'Copied',

  source: 'Source',
  openInEditor: 'Open in editor',
  notOpened: 'The editor was not opened',
  moreLines: 'More lines',
  fromRecording: 'as it ran',
  changedSince: 'The file on the disk has changed since: these are the lines that ran.',
  leftOut: (why: string) => `The recording has no text of it: it ${why}.`,
  changed: 'This file was written after the run began: its lines may be others.',

  arguments: 'Arguments',
  result: 'Result',
  cut: 'Only the first part of it was recorded.',
  exception: 'Exception',
  callers: 'Callers',
  children: 'Calls made',
  parts: 'Belongs to it',
  parent: 'Belongs to',
  runs: 'Ran',
  links: 'Linked',
  more: (count: number) => `${formatCount(count)} more`,
  link: ({ direction }: LinkedSlice) => (direction === 'in' ? 'from' : 'to'),
  notRecorded: 'not recorded',

  // slice-view
  copyAsJson: (what: string) => `Copy ${what} as JSON`,
} as const;
