import type { SessionEnd } from '../../../core/protocol/recording-format.ts';
import { formatDuration } from '../../drawing/format.ts';

export interface EndWords {
  readonly title: string;
  readonly why: string | undefined;
  readonly bad: boolean;
}

/** How a script ended, in words: "Exit 1 after 6.41 s". `error`: what it printed of it. */
export function endWords(end: SessionEnd, afterNs: number, error?: string): EndWords {
  const after = `after ${formatDuration(afterNs)}`;
  switch (end.kind) {
    case 'exited':
      return { title: `Exit ${end.code} ${after}`, why: end.code === 0 ? undefined : (error ?? 'It printed nothing of an error.'), bad: end.code !== 0 };
    case 'signalled':
      return { title: `Ended by ${end.signal} ${after}`, why: 'A signal ended the script; neither the studio nor Stop sent it.', bad: true };
    case 'stopped':
      return end.forced
        ? { title: `Stopped by force ${after}`, why: 'It did not end when it was asked to.', bad: true }
        : { title: `Stopped ${after}`, why: stoppedHow(end.code, end.signal), bad: false };
    case 'detached':
      return end.processEnded
        ? { title: `Ended ${after}`, why: 'How it ended only who started it knows.', bad: false }
        : { title: `Detached ${after}`, why: 'The program goes on without the studio.', bad: false };
    case 'failed-to-start':
      return { title: 'Could not start', why: end.message, bad: true };
    case 'recorder-lost':
      return { title: `Stopped ${after}, when its recorder ended`, why: 'Nothing would have been recorded any more. Run it again.', bad: true };
  }
}

function stoppedHow(code: number | undefined, signal: string | undefined): string | undefined {
  if (signal !== undefined) return `It ended by ${signal}.`;
  return code === undefined ? undefined : `It ended with exit code ${code}.`;
}
