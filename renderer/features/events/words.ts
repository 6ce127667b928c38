/** Texts of the list of events; those of its kinds are in `event-kinds.ts`. */
import { plural } from '../../state/words.ts';

export const words = {
  panel: 'Events',
  listOf: 'What is listed',
  lists: { events: 'Events', calls: 'Calls', async: 'Async' },
  thread: 'Thread',
  allThreads: 'All threads',
  filter: 'Filter by name',
  filterEvents: 'Filter events',
  filters: { calls: 'Filter calls', async: 'Filter async operations' },
  tables: { calls: 'Calls in order of time', async: 'Async operations in order of time' },
  columns: { time: 'Time', name: 'Name', where: 'Where', duration: 'Duration', self: 'Self' },
  counted: {
    calls: (total: number, done: number) => `${plural(total, 'call')}${more(done)}`,
    async: (total: number, done: number) => `${plural(total, 'operation')}${more(done)}`,
  },
  listed: (listed: number) => `, the longest ${listed.toLocaleString('en-US')} listed`,
  pending: 'pending',
  none: {
    calls: { title: 'calls', text: 'Calls are recorded where the run configuration says so: Capture, Calls.' },
    async: { title: 'async operations', text: 'They are recorded where the run configuration says so: Capture, Runtime.' },
  },
  noMatch: { title: 'None matches', text: 'In the selected range, else in all of the trace, nothing of this name ran on this thread.' },

  // events-panel
  kinds: 'Kinds of events',
  event: 'event',
  events: 'events',
  stillLooking: ', still looking',
  withoutCalls: 'Calls are on the timeline, not in this list.',
  follow: 'Follow',
  followHint: 'Stay at the newest event',
  timeTitle: 'Time',
  kindTitle: 'Kind',
  nameTitle: 'Name',
  whereTitle: 'Where',
  detailTitle: 'Detail',
  table: 'Events in order of time',
  noMatchText: 'The filter looks for its text in the names of events, of the kinds that are switched on.',
  noMatchTitle: 'No event matches',
  unreadable: 'The file could not be read.',
  noneText: 'Counters, objects, instants and durations of your script appear here in the order of time.',
} as const;

const more = (done: number): string => (done < 1 ? ', still looking' : '');
