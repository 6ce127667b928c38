/** Every text of the panel of durations that a user reads. */
import { clipText, formatCount, formatDuration } from '../../drawing/format.ts';
import { plural } from '../../state/words.ts';

export const words = {
  panel: 'Durations',
  view: 'How they are shown',
  views: { graph: 'Graph', table: 'Table' },
  scale: 'Axis of counts',
  scales: { linear: 'Linear', log: 'Log' },
  graph: (name: string) => `Durations of ${clip(name)}`,
  table: (name: string) => `Durations of ${clip(name)} by bucket`,
  calls: (name: string) => `Calls of ${clip(name)}, longest first`,
  columns: { from: 'From', to: 'Up to', count: 'Calls', part: 'Share', start: 'Start', duration: 'Duration', self: 'Self', track: 'Track' },
  facts: { count: 'Calls', mean: 'Mean', p50: 'Median', p90: 'P90', p99: 'P99', deviation: 'Deviation', min: 'Min', max: 'Max' },
  marks: { p50: 'P50', p90: 'P90', p99: 'P99' },
  brushed: (inside: number, all: number, fromNs: number, toNs: number) =>
    `${formatCount(inside)} of ${plural(all, 'call')}, ${formatDuration(fromNs)} to ${formatDuration(toNs)}`,
  counted: (all: number, done: number) => `${plural(all, 'call')}${done < 1 ? `, ${Math.floor(done * 100)} % looked at` : ''}`,
  inexact: 'Within 3 %: there are too many to be held',
  brushFrom: 'Shortest duration that is shown',
  brushTo: 'Longest duration that is shown',
  clear: 'All durations',
  outline: 'Outline in the timeline',
  percent: (share: number) => (share > 0 && share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`),
  noName: { title: 'Durations of what?', text: 'Select a slice in the timeline, or a row of the statistics: how long each of its calls took is shown here.' },
  noneHere: { title: 'It did not run in this range', text: 'Zoom out, select another range, or let go of it with Esc.' },
  failed: 'The durations could not be worked out',
} as const;

const clip = (name: string): string => clipText(name === '' ? '(no name)' : name, 80);
