import type { ConsoleLine } from '../../trace/trace-worker-api.ts';
import { plainText } from './ansi.ts';

/** `TypeError: …`, `Error [ERR_X]: …`, `[UnhandledPromiseRejection: …`: at the beginning of a line, where Node puts what it ended by. */
const ERROR = /^(?:Uncaught )?\[?(?:[A-Za-z_$][\w$.]*)?(?:Error|Exception|Rejection)(?: \[[\w-]+\])?(?::|\]|$)/;
/** What stands around it: the stack, and Node's own name at the end. */
const AROUND = /^\s*(?:at .*|Node\.js v.*|[{}^~]*)$/;

/** The line that says why a script failed: the last error on stderr, else the last words there. */
export function errorLine(lines: readonly ConsoleLine[]): ConsoleLine | undefined {
  const stderr = lines.filter((line) => line.source === 'stderr');
  return stderr.findLast((line) => ERROR.test(plainText(line.text))) ?? stderr.findLast((line) => !AROUND.test(plainText(line.text)));
}
