/** Texts of the tour. */
export interface TourStep {
  /** What it is about: the first element that is there. */
  readonly at: readonly string[];
  readonly title: string;
  readonly text: string;
}

/** The first step is about the start page; the others about the window of a run. */
export const STEPS: readonly TourStep[] = [
  {
    at: ['[aria-label="Examples"]', '.start-target'],
    title: 'Run a script',
    text: 'Name your own script in the field, drop it, or click an example. Nothing in its code has to change. The tour goes on with an example.',
  },
  {
    at: ['[aria-label="Timeline"] .tl-body', '[aria-label="Timeline"]'],
    title: 'Every call, while it runs',
    text: 'W and S zoom, A and D move, Space pauses the view while the recording goes on. A click on a slice shows all that is known of it.',
  },
  {
    at: ['.counter-panels', '[aria-label="Counters"]'],
    title: 'Numbers as graphs',
    text: 'Each counter of the script is a graph. The cross-hair is on all graphs and on the timeline at once.',
  },
  {
    at: ['[aria-label="Object list"]', '[aria-label="Object inspector"]'],
    title: 'Objects through time',
    text: 'Click an object, and step through its snapshots with the arrow keys: what changed is marked.',
  },
  {
    at: ['.title-bar .menubar'],
    title: 'Keep, export, look up',
    text: 'File saves and exports the recording. M marks, Shift M writes a note. Ctrl Shift P finds every command, ? lists the keys, Help has the manual.',
  },
];

export const words = {
  label: 'Tour',
  step: (at: number) => `${at + 1} of ${STEPS.length}`,
  next: 'Next',
  runExample: 'Run an example',
  back: 'Back',
  skip: 'Skip the tour',
  done: 'Done',
  offer: 'New here?',
  offerText: 'Five steps show what the window can do.',
  begin: 'Take the tour',
  notNow: 'Not now',
} as const;
