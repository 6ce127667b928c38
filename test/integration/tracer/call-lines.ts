import type { TracedCall } from './decode-stream.ts';

/**
 * Calls as lines that a test can read: a call by its name, what it calls below it. A run of an async function or generator is
 * `name#1`, with `…` where it waits at its end and before it runs on. What ends without having begun, or not in its turn, is said.
 */
export function callLines(calls: readonly TracedCall[]): string[] {
  const lines: string[] = [];
  const open: { readonly key: string; readonly line: number }[] = [];
  for (const { kind, function: called, call } of calls) {
    const key = call === 0 ? called.name : `${called.name}#${call}`;
    const top = open.at(-1);
    if (kind === 'enter' || kind === 'begin' || kind === 'resume') {
      lines.push(`${'  '.repeat(open.length)}${kind === 'resume' ? '…' : ''}${key}`);
      open.push({ key, line: lines.length - 1 });
    } else if (top?.key === key) {
      if (kind === 'suspend') lines[top.line] += '…';
      open.pop();
    } else lines.push(`${'  '.repeat(open.length)}${key} ends${kind === 'end' ? ' while it waits' : ', and did not begin'}`);
  }
  for (const { key } of open) lines.push(`${key} did not end`);
  return lines;
}
