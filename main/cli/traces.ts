/** `convert`, `combine`, `info`, `stats` and `check`: traces of any format, without a window. */

import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../../core/base/counted.ts';
import { problemInWords } from '../../core/base/result.ts';
import type { Converted } from '../services/export/conversion.ts';
import { combineFiles, convertRecording } from '../services/export/convert-recording.ts';
import { factsOf, statisticsOfFile, type TraceFacts } from '../services/export/trace-facts.ts';
import { realTarget } from './real-target.ts';
import { sizeInWords } from './report-format.ts';
import { countText, factsText, statisticsText } from './trace-texts.ts';
import type { OutputWords, TraceCommand } from './trace-words.ts';
import { putInPlace } from './write-report.ts';

type Of<K extends TraceCommand['kind']> = Extract<TraceCommand, { readonly kind: K }>;

/** Beside the bundle's folder. */
const REPORT_PAGE = path.join(__dirname, '../report/report.html');

const tell = (line: string): void => void process.stderr.write(`trace-studio: ${line}\n`);

/** All of it: a reader of a pipe may take its time. */
const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) =>
    process.stdout.write(text, (error) => (error && (error as NodeJS.ErrnoException).code !== 'EPIPE' ? reject(error) : resolve())),
  );

export async function traceCommand(command: TraceCommand): Promise<number> {
  try {
    switch (command.kind) {
      case 'convert':
        return await convert(command);
      case 'combine':
        return await combine(command);
      case 'info':
        return await info(command);
      case 'stats':
        return await stats(command);
      case 'check':
        return await check(command);
    }
  } catch (error) {
    tell(inWords(error));
    return 1;
  }
}

const inWords = (error: unknown): string => (error instanceof Error ? problemInWords(error) : String(error));

async function convert(command: Of<'convert'>): Promise<number> {
  const { input, format, compressed, fromNs, toNs, thread, table, raw, without } = command;
  return writeOutput([input], command, (target) =>
    convertRecording({
      source: path.resolve(input),
      target,
      format,
      compressed,
      view: raw ? 'raw' : 'processed',
      ...(fromNs !== undefined && { fromNs }),
      ...(toNs !== undefined && { toNs }),
      ...(thread !== undefined && { thread }),
      ...(table !== undefined && { table }),
      ...(without && { without }),
      reportPage: REPORT_PAGE,
    }),
  );
}

async function combine(command: Of<'combine'>): Promise<number> {
  const { inputs, format, compressed, align, marker } = command;
  const sources = inputs.map((input) => path.resolve(input));
  return writeOutput(inputs, command, (target) =>
    combineFiles({
      sources,
      target,
      format,
      compressed,
      reportPage: REPORT_PAGE,
      ...(align !== undefined && { align }),
      ...(marker !== undefined && { marker }),
    }),
  );
}

async function writeOutput(
  inputs: readonly string[],
  { output, overwrite, quiet }: OutputWords,
  write: (target: string) => Promise<Converted>,
): Promise<number> {
  const target = path.resolve(output);
  const refusal = await whyNot(inputs, target, overwrite);
  if (refusal !== undefined) {
    tell(refusal);
    return 1;
  }
  const { events, notes } = await putInPlace(target, write);
  if (quiet) return 0;
  const howMany = events > 0 ? `${counted('# {event|events}', events)}, ` : '';
  tell(`wrote ${path.relative('', target) || target} (${howMany}${sizeInWords((await stat(target)).size)}).`);
  for (const note of notes) tell(note);
  return 0;
}

/** An input is never written over, by whatever name it goes. */
async function whyNot(inputs: readonly string[], target: string, overwrite: boolean): Promise<string | undefined> {
  const real = await realTarget(target);
  for (const input of inputs) {
    if (!existsSync(input)) return `There is no file ${input}. Check the path.`;
    if ((await realTarget(path.resolve(input))) === real)
      return `${target} is ${inputs.length > 1 ? 'one of the files themselves' : 'the file itself'}. Choose another name with -o.`;
  }
  if (existsSync(target) && !overwrite) return `There is already a file ${target}. Choose another name with -o, or replace it with --force.`;
  return undefined;
}

async function info({ input, json }: Of<'info'>): Promise<number> {
  const facts = await factsOf(path.resolve(input));
  await print(json ? factsJson(facts) : factsText(input, facts, (await stat(input)).size));
  return 0;
}

/** Keys in the order that the manual has. The start goes beyond what a double holds: its digits are written as they are. */
function factsJson({ startNs, ...facts }: TraceFacts): string {
  const { format, slices, instants, counterSamples, objectSnapshots, asyncSlices, flowEvents, processes, threads, durationNs, issues, sources } = facts;
  const before = JSON.stringify({ format, slices, instants, counterSamples, objectSnapshots, asyncSlices, flowEvents, processes, threads });
  return `${before.slice(0, -1)},"startNs":${startNs},"durationNs":${durationNs},"issues":${JSON.stringify(issues)},"sources":${JSON.stringify(sources)}}\n`;
}

async function stats({ input, json, fromNs, toNs, thread, match }: Of<'stats'>): Promise<number> {
  const choice = {
    ...(fromNs !== undefined && { fromNs }),
    ...(toNs !== undefined && { toNs }),
    ...(thread !== undefined && { thread }),
    ...(match !== undefined && { match }),
  };
  const rows = await statisticsOfFile(path.resolve(input), choice);
  await print(json ? `${JSON.stringify(rows)}\n` : statisticsText(rows));
  return 0;
}

/** What makes a file one that is not whole. */
const BROKEN: ReadonlySet<string> = new Set(['cut', 'damaged', 'trailing-text', 'unreadable-record', 'not-inflated', 'lost-state']);

interface Checked {
  readonly file: string;
  readonly valid: boolean;
  readonly format?: string;
  readonly problem?: string;
  readonly issues: TraceFacts['issues'];
}

async function check({ inputs, json }: Of<'check'>): Promise<number> {
  const all: Checked[] = [];
  for (const input of inputs) {
    const one = await checkOne(input);
    all.push(one);
    if (!json) await print(checkedText(one));
  }
  if (json) await print(`${JSON.stringify(all)}\n`);
  return all.every(({ valid }) => valid) ? 0 : 1;
}

async function checkOne(file: string): Promise<Checked> {
  try {
    const { format, issues } = await factsOf(path.resolve(file));
    return { file, valid: !issues.some(({ kind }) => BROKEN.has(kind)), format, issues };
  } catch (error) {
    return { file, valid: false, problem: inWords(error), issues: [] };
  }
}

function checkedText({ file, valid, format, problem, issues }: Checked): string {
  if (problem !== undefined) return `BAD  ${file}: ${problem}\n`;
  const lines = issues.map(({ kind, count, example }) => `       ${kind} × ${countText(count)}: ${example}\n`);
  return `${valid ? 'ok ' : 'BAD'}  ${file} (${format})\n${lines.join('')}`;
}
