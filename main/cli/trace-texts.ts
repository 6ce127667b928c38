/** What is known of a trace, as lines that a person reads. */

import { counted } from '../../core/base/counted.ts';
import { typeScriptInWords } from '../../core/protocol/typescript-words.ts';
import type { NameStatistics, TraceFacts } from '../services/export/trace-facts.ts';
import { sizeInWords } from './report-format.ts';

const MOST_ROWS = 50;
const NAME_WIDTH = 60;

export const countText = (count: number): string => count.toLocaleString('en-US');

export function durationText(ns: number): string {
  for (const [size, unit] of [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ] as const) {
    if (ns >= size) return `${(ns / size).toFixed(ns >= size * 100 ? 1 : 3)} ${unit}`;
  }
  return `${Math.round(ns)} ns`;
}

/** "2026-11-27 14:03:22.150", as the clock on the wall has it here. */
function timeText(epochMs: number): string {
  const shifted = new Date(epochMs - new Date(epochMs).getTimezoneOffset() * 60_000);
  return Number.isNaN(shifted.getTime()) ? 'a time that no calendar has' : shifted.toISOString().slice(0, 23).replace('T', ' ');
}

export function factsText(file: string, facts: TraceFacts, bytes: number): string {
  const rows: [string, string][] = [
    ['format', `${facts.formatName} (${facts.format}), ${sizeInWords(bytes)}`],
    ['duration', durationText(facts.durationNs)],
    ['starts at', facts.startedAtMs === undefined ? `${facts.startNs} ns of its clock` : timeText(facts.startedAtMs)],
    ['processes', `${countText(facts.processes)}, ${counted('# {thread|threads}', facts.threads)}`],
    ['events', countText(facts.events)],
    ['slices', countText(facts.slices)],
    ['async slices', countText(facts.asyncSlices)],
    ['points of arrows', countText(facts.flowEvents)],
    ['instants', countText(facts.instants)],
    ['counter samples', countText(facts.counterSamples)],
    ['object snapshots', countText(facts.objectSnapshots)],
  ];
  const typescript = typeScriptInWords(facts.typescript)?.replace(/^TypeScript: /, '');
  if (typescript !== undefined) rows.push(['TypeScript', typescript]);
  const { files, bytes: textBytes } = facts.sources;
  if (files > 0) rows.push(['source texts', `${countText(files)}, ${sizeInWords(textBytes)}`]);
  const issues = facts.issues.map(({ kind, count, example }) => `  ${kind} × ${countText(count)}: ${example}\n`);
  const amiss = issues.length === 0 ? 'Nothing is amiss with it.\n' : `Issues:\n${issues.join('')}`;
  return `${file}\n${rows.map(([name, value]) => `  ${name.padEnd(18)}${value}\n`).join('')}${amiss}`;
}

export function statisticsText(rows: readonly NameStatistics[]): string {
  if (rows.length === 0) return 'There are no slices.\n';
  const heading = ['total', 'self', 'count', 'mean', 'p50', 'p99', 'max'];
  const shown = rows.slice(0, MOST_ROWS).map((row) => ({
    name: plainName(row.name),
    cells: [row.totalNs, row.selfNs, row.count, row.meanNs, row.p50Ns, row.p99Ns, row.maxNs].map((value, i) =>
      i === 2 ? countText(value) : durationText(value),
    ),
  }));
  const widths = heading.map((word, i) => Math.max(word.length, ...shown.map(({ cells }) => (cells[i] as string).length)));
  const line = (cells: readonly string[], name: string): string => `${cells.map((cell, i) => cell.padStart(widths[i] as number)).join('  ')}  ${name}\n`;
  const more = rows.length > MOST_ROWS ? `… and ${countText(rows.length - MOST_ROWS)} more names; --json has all.\n` : '';
  return `${line(heading, 'name')}${shown.map(({ cells, name }) => line(cells, name)).join('')}${more}`;
}

/** One line, whatever it holds: a name may be anything, and a terminal obeys what is printed. */
function plainName(name: string): string {
  const plain = name.replaceAll(/\p{Cc}/gu, ' ');
  return plain.length > NAME_WIDTH ? `${plain.slice(0, NAME_WIDTH - 1)}…` : plain;
}
