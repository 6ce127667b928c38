import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BAD_PLUGIN_FILES, BAD_PLUGINS } from '../../helpers/bad-plugins.ts';
import { QUIET_FLAGS } from '../../helpers/quiet-capture.ts';
import { readRecording } from '../collector/collector-fixture.ts';
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

/** Adds what no recording has a place for. */
const ODD = `
  exports.get_vizplugin = () => ({ support_version: () => '0.1.0', message: (type, { when }) => (when === 'pre-save' ? { action: 'handle_data', handler } : { success: true }) });
  function handler(data) {
    const { pid, tid, ts } = data.traceEvents.at(-1);
    const at = { pid, tid, ts };
    data.traceEvents.push(
      { ...at, ph: 'b', cat: 'net', id: '0x1', name: 'request' },
      { ...at, ph: 'e', cat: 'net', id: '0x1', name: 'request' },
      { ...at, ph: 's', cat: 'flow', id: 7, name: 'flow' },
      { ...at, ph: 'f', bp: 'e', cat: 'flow', id: 7, name: 'flow' },
      { ...at, ph: 'X', dur: 3.123456, name: 'own', cname: 'good', tts: 3, tdur: 4, id: 3, cat: 'a,b', args: { deep: { a: [1, { b: 2 }] }, n: null, t: true } },
      { ...at, ph: 'C', name: 'text', extra: 'kept', args: { v: 'text', a: 1 } },
      { ...at, ph: 'C', name: 'with an id', id: '5', args: { v: 1 } },
      { ...at, ph: 'Q', name: 'no phase that anybody knows' },
      { ...at, ph: 'i' },
      { ...at, ph: 'M', name: 'process_labels', args: { labels: 'x' } },
    );
    data.mine = { a: 1 };
    data.viztracer_metadata.note = 'hello';
    data.displayTimeUnit = 'ms';
  }
`;

interface Report {
  readonly traceEvents: { readonly ph: string; readonly name: string; readonly pid: number }[];
  readonly seen?: readonly string[];
  readonly viztracer_metadata: object;
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

  test('leave whatever they want: the report holds it word for word, counts it, and is what they leave in a tracer of the script', async () => {
    folder.write('odd.js', ODD);
    folder.write(
      'own.js',
      `const { VizTracer } = require('trace-studio'); const t = new VizTracer({ verbose: 0, plugins: ['./odd.js'], outputFile: 'own.json' }); t.start(); t.instant('a'); t.save();`,
    );
    const { stderr } = await folder.run(['run', ...QUIET_FLAGS, '--plugins', './odd.js', '-o', 'result.json', '--', 'count.js']);
    expect(stderr).toMatch(/^trace-studio: wrote result\.json \(19 events, [\d.]+ kB\)\.\n$/);
    await folder.run(['run', ...QUIET_FLAGS, '-q', '-o', 'a.json', '--', 'own.js']);
    const odd = ({ traceEvents }: Report) => traceEvents.slice(-10).map((event) => ({ ...event, pid: 0, tid: 0, ts: 0 }));
    expect(odd(report())).toEqual(odd(report('own.json')));
    expect(odd(report())).toHaveLength(10);
    expect(report()).toMatchObject({ mine: { a: 1 }, displayTimeUnit: 'ms', viztracer_metadata: { note: 'hello' } });
  });

  test('that lose a value in the report are told of it, and so is a run without any', async () => {
    folder.write('gap.js', "require('trace-studio').getTracer().counter('gap', { a: Number.NaN });");
    const { stderr } = await folder.run(['run', ...QUIET_FLAGS, '--', 'gap.js']);
    expect(linesOf(stderr, 'not finite')).toEqual(['trace-studio: 1 counter value that is a gap or not finite was left out.']);
  });

  test('leave a recording that holds both, and each can be exported', async () => {
    await folder.run(['run', ...QUIET_FLAGS, '-q', '--plugins', './rename.js A', '-o', 'a.tsr', '--', 'count.js']);
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
    const { code, stderr } = await run.ended;
    expect(code).toBe(137);
    expect(counters()).toEqual(ten('queueA'));
    const reason = 'The process was ended before its plugins could handle its events.';
    expect(linesOf(stderr, 'in a process of their own')).toEqual([
      expect.stringMatching(
        new RegExp(`^trace-studio: The events of process \\d+ were handled by plugins after its end, in a process of their own\\. ${reason}$`),
      ),
    ]);
    expect(report().viztracer_metadata).toMatchObject({ plugin_host: [{ pid: expect.any(Number), reason }] });
  });

  test('run in every process of it, and the report holds what each left', async () => {
    folder.write('family.js', `${COUNTING} if (process.argv[2] !== 'child') require('node:child_process').fork(__filename, ['child']);`);
    const { code } = await folder.run(['run', ...QUIET_FLAGS, '-q', '--plugins', './rename.js A', '--', 'family.js']);
    expect(code).toBe(0);
    expect(counters()).toEqual([...ten('queueA'), ...ten('queueA')]);
    expect(new Set(report().traceEvents.map((event) => event.pid)).size).toBe(2);
  });

  test('built in ones are found by their names', async () => {
    const { code, stderr } = await folder.run(['run', ...QUIET_FLAGS, '--plugins', 'vizplugins.memory_usage -f 100', '--', 'count.js']);
    expect({ code, failed: linesOf(stderr, 'failed') }).toEqual({ code: 0, failed: [] });
    expect(new Set(counters()).size).toBeGreaterThan(1);
  });
});

describe('a plugin that fails', () => {
  test.each(['hook', 'initialize', 'pre-start', 'post-stop', 'pre-save', 'handler', 'terminate'])(
    'at %s is told once, and the report is whole',
    async (where) => {
      const { code, stderr } = await folder.run(['run', ...QUIET_FLAGS, '--plugins', `./bad.js ${where}`, './rename.js A', '--', 'count.js', 'exit']);
      expect(code).toBe(4);
      expect(linesOf(stderr, 'on purpose')).toHaveLength(1);
      expect(counters()).toEqual(ten('queueA'));
    },
  );

  test('in whatever way: with all of them in one run each is told once, and the report is whole', async () => {
    for (const [name, text] of Object.entries(BAD_PLUGIN_FILES)) folder.write(name, text);
    // One that hangs is enough: each takes as long as it may.
    const bad = BAD_PLUGINS.filter(({ hangs }, index) => !hangs || index === BAD_PLUGINS.findIndex((each) => each.hangs));
    const { code, stderr } = await folder.run([
      'run',
      ...QUIET_FLAGS,
      ...bad.flatMap(({ spec }) => ['--plugins', spec]),
      '--plugins',
      './rename.js A',
      '-o',
      'result.json',
      '--',
      'count.js',
    ]);
    expect(code).toBe(0);
    const lines = stderr.split('\n').filter((line) => line.startsWith('[trace-studio] '));
    expect(lines).toHaveLength(bad.length);
    const told = (during: string, message: RegExp) => lines.filter((line) => message.test(line.split(` failed at ${during}: `)[1] ?? ''));
    const same = (during: string, message: RegExp) => bad.filter((row) => row.during === during && row.message.source === message.source);
    for (const { title, during, message } of bad) expect([title, told(during, message).length]).toEqual([title, same(during, message).length]);
    expect(counters()).toEqual(ten('queueA'));
  }, 120_000);

  test('in a run of several processes is told once, and never into what a parent reads of its child', async () => {
    folder.write(
      'parent.js',
      `const { spawnSync } = require('node:child_process');
      if (process.argv[2] !== 'child') for (let i = 0; i < 3; i++) console.log(JSON.stringify(spawnSync(process.execPath, [__filename, 'child'], { encoding: 'utf8' }).stderr));`,
    );
    folder.write('child-only.js', `${BAD}exports.get_vizplugin = () => new Bad(process.argv[2] === 'child' ? 'pre-start' : '');`);
    const both = await folder.run(['run', ...QUIET_FLAGS, '--plugins', './bad.js pre-start', '--', 'parent.js']);
    expect({ code: both.code, stdout: both.stdout }).toEqual({ code: 0, stdout: '""\n""\n""\n' });
    expect(linesOf(both.stderr, 'on purpose')).toEqual(['[trace-studio] Plugin Bad failed at pre-start: Error: on purpose']);
    const child = await folder.run(['run', ...QUIET_FLAGS, '--strict-plugins', '--plugins', './child-only.js', '--', 'parent.js']);
    expect({ code: child.code, stdout: child.stdout }).toEqual({ code: 1, stdout: '""\n""\n""\n' });
    expect(linesOf(child.stderr, 'on purpose')).toEqual([
      expect.stringMatching(/^trace-studio: Plugin Bad failed at pre-start: Error: on purpose \(in process \d+\)$/),
    ]);
  });

  test('of a tracer of the script is in the recording, too, and counts where that is asked for', async () => {
    folder.write('own.js', "new (require('trace-studio').VizTracer)({ verbose: 0, plugins: ['./bad.js pre-start', './rename.js A'] }).start();");
    expect((await folder.run(['run', ...QUIET_FLAGS, '-q', '--', 'own.js'])).code).toBe(0);
    const { code, stderr } = await folder.run(['run', ...QUIET_FLAGS, '-q', '--strict-plugins', '--plugins', './rename.js B', '-o', 'own.tsr', '--', 'own.js']);
    expect(code).toBe(1);
    expect(linesOf(stderr, 'on purpose')).toEqual(['[trace-studio] Plugin Bad failed at pre-start: Error: on purpose']);
    const last = new Map(
      readRecording(readFileSync(path.join(folder.path, 'own.tsr'))).info.flatMap((line) => (line.kind === 'plugin' ? [[line.state.index, line.state]] : [])),
    );
    expect([...last.values()].sort((a, b) => a.index - b.index)).toMatchObject([
      { index: 0, spec: './rename.js B', failureCount: 0 },
      { index: 1, spec: './bad.js pre-start', ofScript: true, failureCount: 1 },
      { index: 2, spec: './rename.js A', ofScript: true, state: 'ready', failureCount: 0 },
    ]);
  });

  test('that is not there is told with where it was looked for', async () => {
    const { code, stderr } = await folder.run(['run', ...QUIET_FLAGS, '--plugins', 'not_here.at_all', '--', 'count.js']);
    expect(code).toBe(0);
    expect(linesOf(stderr, "There's no module named not_here.at_all, maybe you need to install it")).toHaveLength(1);
    expect(counters()).toEqual(ten('queue'));
  });

  test('after the end of a killed script is told once, by the command', async () => {
    const run = folder.start(['run', ...QUIET_FLAGS, '-q', '--plugins', './bad.js pre-save', './rename.js A', '--', 'count.js', 'die']);
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
    const strict = async (...words: string[]) => (await folder.run(['run', ...QUIET_FLAGS, '-q', '--strict-plugins', '--plugins', ...words])).code;
    expect(await strict('./bad.js terminate', '--', 'count.js')).toBe(1);
    expect(await strict('./bad.js terminate', '--', 'count.js', 'exit')).toBe(4);
    expect(await strict('./rename.js A', '--', 'count.js')).toBe(0);
  });
});

/** The counter's events are in the recording beside the report. */
async function recorded(): Promise<void> {
  await expect.poll(() => holdsRecordedEvents(folder.path), { timeout: 30_000 }).toBe(true);
}
