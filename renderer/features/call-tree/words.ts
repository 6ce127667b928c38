/** Every text of the call tree and the flame graph that a user reads. */
import { clipText, formatCount, formatDuration } from '../../drawing/format.ts';
import type { FlameMode, TreeDirection } from '../../state/call-tree-store.ts';
import { baseName, plural } from '../../state/words.ts';
import type { NameInfo } from '../../trace/trace-worker-api.ts';

export const words = {
  panel: 'Call tree',
  tree: (direction: TreeDirection) => (direction === 'callees' ? 'Calls from the outermost inwards' : 'Functions by their own time, with their callers'),
  direction: 'Direction of the tree',
  directions: { callees: 'Top-down', callers: 'Bottom-up' } satisfies Record<TreeDirection, string>,
  filter: 'Find a function',
  hits: (total: number, position: number) =>
    total === 0 ? 'not in this tree' : position > 0 ? `${formatCount(position)} of ${formatCount(total)}` : plural(total, 'place'),
  columns: { name: 'Function', total: 'Total', share: '% total', self: 'Self', count: 'Calls' },
  titles: {
    total: { callees: 'Time within the range, with all that was called', callers: 'Own time of the function at the root, as called from here' },
    share: 'Total, as a share of all that ran',
    self: 'Time within the range without what was called',
    count: 'Calls that reach into the range',
  },
  percent: (share: number) => (share > 0 && share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`),
  unnamed: '(no name)',
  counted: (done: number) => (done < 1 ? `${Math.floor(done * 100)} % looked at` : ''),
  found: (functions: number, share: number) => (functions === 0 ? 'no function' : `${plural(functions, 'function')}, ${words.percent(share)}`),
  open: 'Open',
  close: 'Close',
  change: 'Change the tree',
  changes: 'Changes of the tree',
  whole: 'Whole tree',
  changeMenu: {
    focus: 'Focus on this function',
    'focus-path': 'Focus on this place',
    merge: 'Merge into its callers',
    'merge-file': 'Merge its file into one',
    collapse: 'Collapse what it calls',
    'collapse-recursion': 'Collapse its recursion',
    drop: 'Drop it with its time',
    openAll: 'Open all below',
    sandwich: 'Show its callers and callees',
    longest: 'Select its longest call',
  },
  changed: {
    focus: (name: string) => `Focus: ${clip(name)}`,
    'focus-path': (name: string) => `Place: ${clip(name)}`,
    merge: (name: string) => `Without ${clip(name)}`,
    'merge-file': (file: string) => `One: ${clip(baseName(file))}`,
    collapse: (name: string) => `Collapsed: ${clip(name)}`,
    'collapse-recursion': (name: string) => `Recursion: ${clip(name)}`,
    drop: (name: string) => `Dropped: ${clip(name)}`,
  },
  notFound: 'The slice could not be found',
  none: {
    title: 'calls or slices',
    text: 'Calls are recorded where the run configuration says so: Capture, Calls. Durations that the script logs are counted too.',
  },
  noneHere: { title: 'Nothing ran in this range', text: 'Zoom out, select another range, or let go of it with Esc.' },
  nothingLeft: { title: 'Nothing is left of the tree', text: 'What was changed in it leaves nothing of this range.' },
  failed: 'The call tree could not be worked out',
  flame: {
    panel: 'Flame graph',
    mode: 'What the flame graph shows',
    modes: { time: 'Time order', heavy: 'Left heavy', sandwich: 'Sandwich' } satisfies Record<FlameMode, string>,
    canvas: { time: 'Slices in order of time', heavy: 'Flame graph, heaviest first', sandwich: 'Callers and callees' } satisfies Record<FlameMode, string>,
    track: 'Track',
    zoomed: 'Zoomed to',
    all: 'All',
    asTable: 'As a table',
    noName: {
      title: 'Callers and callees of what?',
      text: 'Select a slice in the timeline, or a box of this graph, or a row of the statistics: its callers are above, its callees below.',
    },
    noTrack: { title: 'No track with calls or slices', text: 'Async operations are in the timeline.' },
    of: (name: string) => `Callers and callees of ${clip(name)}`,
    box: (name: string, totalNs: number, share: number, selfNs: number, calls: number) =>
      `${clip(name)}: ${formatDuration(totalNs)}, ${words.percent(share)}, self ${formatDuration(selfNs)}, ${plural(calls, 'call')}`,
    slice: (name: string, ns: number, merged: number) =>
      merged > 1 ? `${formatCount(merged)} slices, most of their time ${clip(name)}` : `${clip(name)}: ${formatDuration(ns)}`,
    cut: 'The smallest boxes are left out',
  },
} as const;

const clip = (name: string): string => clipText(name === '' ? words.unnamed : name, 80);

/** "hash.js:3"; empty: not known. */
export const placeOf = ({ file, line }: Pick<NameInfo, 'file' | 'line'>): string => (file === '' || line === 0 ? baseName(file) : `${baseName(file)}:${line}`);
