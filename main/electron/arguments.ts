/** The words of a command line that are meant for the studio. */
import path from 'node:path';

export interface StudioArguments {
  /** Absolute paths to open. */
  readonly files: readonly string[];
  /** Connect a window, then exit with 0: what a release is checked with. */
  readonly smoke: boolean;
  /** Settings and recordings in another place than the user's own. */
  readonly userData?: string;
}

const USER_DATA = '--user-data-dir=';

/**
 * `words` without the executable (and without the app's folder in an unpackaged start). Switches that Chromium or a system adds
 * are passed over; after `--` everything is a file.
 */
export function parseArguments(words: readonly string[], cwd: string): StudioArguments {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  const rest = end < 0 ? [] : words.slice(end + 1);
  const files = [...options.filter((word) => word !== '' && !word.startsWith('-')), ...rest];
  const userData = options.findLast((word) => word.startsWith(USER_DATA))?.slice(USER_DATA.length);
  return {
    files: files.map((file) => path.resolve(cwd, file)),
    smoke: options.includes('--smoke'),
    ...(userData && { userData: path.resolve(cwd, userData) }),
  };
}
