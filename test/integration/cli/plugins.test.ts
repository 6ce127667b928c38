import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QUIET_FLAGS } from '../../helpers/quiet-capture.ts';
import { CliFolder } from './cli-process.ts';
import { holdsRecordedEvents } from './recorded-events.ts';

let folder: CliFolder;
beforeEach(() => {
  folder = new CliFolder();
  folder.write('count.js', COUNTING);
  folder.write('rename.js', RENAMING);
  folder.write('bad.js', BAD);
});
afterEach(() => folder.remove());

/** Ten samples, then what the argument says. */
const COUNTING = `
  const { VizCounter, getTracer } = require('trace-studio');
  const counter = new VizCounter(getTracer(), 'queue');
  for (let i = 0; i < 10; i++) counter.waiting = i;
  if (process.argv[2] === 'die') process.stdin.once('data', () => process.kill(process.pid, 'SIGKILL'));
  if (process.argv[2] === 'exit') process.exit(4);
`;
/** Gives every counter the name that stands behind the module, and leaves a mark beside the events. */
const RENAMING = `
  const { VizPluginBase } = require('trace-studio');
  class Rename extends VizPluginBase {
    constructor(arg) { super(); this.name = arg.split(' ')[1]; }
    supportVersion() { return '0.1.0'; }
    message(type, payload) {
      if (type !== 'event' || payload.when !== 'pre-save') return super.message(type, payload);
      const handler = (data) => {
        for (const event of data.traceEvents) if (event.ph === 'C') event.name += this.name;
        data.seen = [...(data.seen ?? []), this.name];
      };
      return { action: 'handle_data', handler };
    }
  }
  exports.get_vizplugin = (arg) => new Rename(arg);
`;
/** Fails where the word behind the module says. */
const BAD = `
  const { VizPluginBase } = require('trace-studio');
  class Bad extends VizPluginBase {
    constructor(where) { super(); this.where = where; }
    supportVersion() { return '0.1.0'; }
    message(type, payload) {
      if (payload.when === this.where || payload.cmd_type === this.where) throw new Error('on purpose');
      if (this.where === 'handler' && payload.when === 'pre-save') return { action: 'handle_data', handler: () => { throw new Error('on purpose'); } };
      return super.message(type, payload);
    }
  }
  exports.get_vizplugin = (arg) => {
    if (arg.endsWith('hook')) throw new Error('on purpose');
    return new Bad(arg.split(' ')[1]);
  };
`;

/** Says that it works, and never ends. */
const SLOW = `
  const { VizPluginBase } = require('trace-studio');
  class Slow extends VizPluginBase {
    supportVersion() { return '0.1.0'; }
    message(type, payload) {
      if (payload.when !== 'pre-save') return super.message(type, payload);
      return { action: 'handle_data', handler: () => { require('node:fs').writeFileSync('works', ''); return new Promise(() => {}); } };
    }
  }
  exports.get_vizplugin = () => new Slow();
`;

interface Report {
  readonly traceEvents: { readonly ph: string; readonly name: string; readonly pid: number }[];
  readonly seen?: readonly string[];
}
const report = (name = 'result.json') => JSON.parse(readFileSync(path.join(folder.path, name), 'utf8')) as Report;
const counters = (name?: string) =>
  report(name)
    .traceEvents.filter((event) => event.ph === 'C')
    .map((event) => event.name);
const ten = (name: string) => Array.from({ length: 10 }, () => name);
const linesOf = (stderr: string, text: string) => stderr.split('\n').filter((line) => line.includes(text));

describe('plugins of a run', () => {
  test('handle its events in their order, and the report holds what they left', async () => {
    const { code, stderr } = await folder.run([
      'run',
      ...QUIET_FLAGS,
      '--plugins',
      './rename.js A',
      './rename.js B',
      '-o',
      'result.json',
      '--plugins',
      './rename.js C',
      '--',
      'count.js',
    ]);
    expect(code).toBe(0);
    expect(counters()).toEqual(ten('queueABC'));
    expect(report().seen).toEqual(['A', 'B', 'C']);
    expect(stderr).toMatch(/^trace-studio: wrote result\.json \(10 events, /);
  });

  test('leave a recording that holds both, and each can be exported', async () => {
    await folder.run(['run', '-q', '--plugins', './rename.js A', '-o', 'a.tsr', '--', 'count.js']);
    expect((await folder.run(['export', 'a.tsr', '-o', 'processed.json'])).code).toBe(0);
    expect((await folder.run(['export', '--raw', 'a.tsr', '-o', 'raw.json'])).code).toBe(0);
    expect((await folder.run(['export', 'a.tsr', '-o', 'b.tsr'])).code).toBe(0);
    expect((await folder.run(['export', '--raw', 'b.tsr', '-o', 'copy.json'])).code).toBe(0);
    expect([counters('processed.json'), counters('raw.json'), counters('copy.json')]).toEqual([ten('queueA'), ten('queue'), ten('queue')]);
    expect(report('raw.json').seen).toBeUndefined();
  });

  test('also handle what a killed script left, in a process of their own', async () => {
    const run = folder.start(['run', ...QUIET_FLAGS, '--plugins', './rename.js A', '--', 'count.js', 'die']);
    await recorded();
    run.child.stdin?.write('now');
    expect((await run.ended).code).toBe(137);
    expect(counters()).toEqual(ten('queueA'));
  });

  test('run in every process of it, and the report holds what each left', async () => {
    folder.write('family.js', `${COUNTING} if (process.argv[2] !== 'child') require('node:child_process').fork(__filename, ['child']);`);
    const { code } = await folder.run(['run', '-q', '--plugins', './rename.js A', '--', 'family.js']);
    expect(code).toBe(0);
    expect(counters()).toEqual([...ten('queueA'), ...ten('queueA')]);
    expect(new Set(report().traceEvents.map((event) => event.pid)).size).toBe(2);
  });

  test('built in ones are found by their names', async () => {
    const { code, stderr } = await folder.run(['run', '--plugins', 'vizplugins.memory_usage -f 100', '--', 'count.js']);
    expect({ code, failed: linesOf(stderr, 'failed') }).toEqual({ code: 0, failed: [] });
    expect(new Set(counters()).size).toBeGreaterThan(1);
  });
});

describe('a plugin that fails', () => {
  test.each(['hook', 'initialize', 'pre-start', 'post-stop', 'pre-save', 'handler', 'terminate'])(
    'at %s is told once, and the report is whole',
    async (where) => {
      const { code, stderr } = await folder.run(['run', '--plugins', `./bad.js ${where}`, './rename.js A', '--', 'count.js', 'exit']);
      expect(code).toBe(4);
      expect(linesOf(stderr, 'on purpose')).toHaveLength(1);
      expect(counters()).toEqual(ten('queueA'));
    },
  );

  test('that is not there is told with where it was looked for', async () => {
    const { code, stderr } = await folder.run(['run', '--plugins', 'not_here.at_all', '--', 'count.js']);
    expect(code).toBe(0);
    expect(linesOf(stderr, "There's no module named not_here.at_all, maybe you need to install it")).toHaveLength(1);
    expect(counters()).toEqual(ten('queue'));
  });

  test('after the end of a killed script is told once, by the command', async () => {
    const run = folder.start(['run', '-q', ...QUIET_FLAGS, '--plugins', './bad.js pre-save', './rename.js A', '--', 'count.js', 'die']);
    await recorded();
    run.child.stdin?.write('now');
    const { stderr } = await run.ended;
    expect(linesOf(stderr, 'on purpose')).toEqual([expect.stringMatching(/^trace-studio: Plugin Bad failed at pre-save, after the end of process \d+: /)]);
    expect(counters()).toEqual(ten('queueA'));
  });

  test('for good after the end of a killed script is given up by Ctrl+C, and the report is written', async () => {
    folder.write('slow.js', SLOW);
    const run = folder.start(['run', ...QUIET_FLAGS, '--plugins', './slow.js', '--', 'count.js', 'die']);
    await recorded();
    run.child.stdin?.write('now');
    await expect.poll(() => existsSync(path.join(folder.path, 'works')), { timeout: 30_000 }).toBe(true);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(137);
    expect(linesOf(stderr, 'are given up')).toHaveLength(1);
    expect(linesOf(stderr, 'because it was given up')).toHaveLength(1);
    expect(counters()).toEqual(ten('queue'));
  });

  test('makes a good run a failed one only where that is asked for; a script that failed keeps its code', async () => {
    const strict = async (...words: string[]) => (await folder.run(['run', '-q', '--strict-plugins', '--plugins', ...words])).code;
    expect(await strict('./bad.js terminate', '--', 'count.js')).toBe(1);
    expect(await strict('./bad.js terminate', '--', 'count.js', 'exit')).toBe(4);
    expect(await strict('./rename.js A', '--', 'count.js')).toBe(0);
  });
});

/** The counter's events are in the recording beside the report. */
async function recorded(): Promise<void> {
  await expect.poll(() => holdsRecordedEvents(folder.path), { timeout: 30_000 }).toBe(true);
}
