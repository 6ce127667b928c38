/** Amounts and times of day in words: one form each, used wherever they are shown. */

const BYTE_STEPS = ['kB', 'MB', 'GB', 'TB'] as const;

/** "812 B", "3.8 MB", "148 MB": decimal units, as file managers and the network count. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit = 'B';
  for (const next of BYTE_STEPS) {
    value /= 1000;
    unit = next;
    if (value < 999.5) break;
  }
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** "00:14.213", "1:02:14.213": fixed width, so that it does not jump while it runs. */
export function formatElapsed(ns: number): string {
  const ms = Math.max(0, Math.floor(ns / 1e6));
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** "now", "2 min ago", "5 h ago", "yesterday", "12 Nov", "12 Nov 2024". */
export function formatAgo(thenMs: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - thenMs) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min ago`;
  const then = new Date(thenMs);
  const now = new Date(nowMs);
  const hours = Math.floor(minutes / 60);
  if (hours < 12 || then.toDateString() === now.toDateString()) return `${hours} h ago`;
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (then.toDateString() === yesterday.toDateString()) return 'yesterday';
  return `${then.getDate()} ${MONTHS[then.getMonth()]}${then.getFullYear() === now.getFullYear() ? '' : ` ${then.getFullYear()}`}`;
}

/** "27 Nov 2026, 14:03:22", as the clock on the wall has it here. */
export function dateAndTime(epochMs: number): string {
  const at = new Date(epochMs);
  return Number.isNaN(at.getTime()) ? '' : `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}, ${timeOfDay(epochMs)}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "less than a second", "8 s", "2 min": an estimate, so no finer than that. */
export function formatRemaining(ms: number): string {
  if (ms < 1000) return 'less than a second';
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** `/home/ann/code/x` as `~/code/x`. */
export function shortPath(path: string, home: string | undefined): string {
  if (!home || !path.startsWith(home)) return path;
  const rest = path.slice(home.length);
  return rest === '' ? '~' : rest.startsWith('/') || rest.startsWith('\\') ? `~${rest}` : path;
}

/** The last part of a path of either kind. */
export const baseName = (path: string): string => path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
export const folderOf = (path: string): string => path.replace(/[/\\][^/\\]*$/, '');

export const plural = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** "14:03:22". */
export const timeOfDay = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB');
