/** Which messages plugins get, what they may answer, and what handlers may do with the data: the reference's section 4, row by row. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { runTarget, writeScript } from '../tracer/run-target.ts';
import { TestCollector } from '../tracer/test-collector.ts';
import { runWithPlugins, SHORT_LIMITS, told } from './plugin-run.ts';

/** A plugin whose answer to an event is `answer`, JavaScript text. */
const answering = (when: string, answer: string): Record<string, string> => ({
  'plugin.cjs': `exports.get_vizplugin = () => ({ support_version: () => '0.1.0', message(type, payload) { return (payload.when ?? payload.cmd_type) === '${when}' ? ${answer} : { success: true }; } });`,
});

describe('order', () => {
  it('Order [run], for plugins A, B: A is initialised before B is loaded; then each message to all; terminate comes last', async () => {
    const plugin = (name: string): string =>
      `console.log('${name} is loaded'); exports.get_vizplugin = (text) => { console.log('hook of ' + text); return { support_version() { console.log('version of ${name}'); return '0.1.0' }, message(...args) { console.log('${name} ' + JSON.stringify(args)); return { success: true } } } };`;
    const run = await runWithPlugins(['./a.cjs  "x  y"', './b.cjs'], { files: { 'a.cjs': plugin('A'), 'b.cjs': plugin('B') } });
    const both = (message: string): string[] => [`A ${message}`, `B ${message}`];
    expect(run.lines).toEqual([
      'A is loaded',
      'hook of ./a.cjs  "x  y"',
      'version of A',
      'A ["event",{"when":"initialize"}]',
      'B is loaded',
      'hook of ./b.cjs',
      'version of B',
      'B ["event",{"when":"initialize"}]',
      ...both('["event",{"when":"pre-start"}]'),
      'the script begins',
      'the script ends',
      ...both('["event",{"when":"post-stop"}]'),
      ...both('["event",{"when":"pre-save"}]'),
      ...both('["command",{"cmd_type":"terminate"}]'),
    ]);
    expect(run.states.map(({ messages, state }) => ({ messages, state }))).toEqual(Array(2).fill({ messages: 5, state: 'terminated' }));
  });

  it('stop(): tracing is already off, then all post-stop (ours: of a session only its end is the end: what plugins record then is recorded, too)', async () => {
    const files = {
      'script.cjs': "require('trace-studio').getTracer().instant('script');",
      'plugin.cjs': `const { getTracer, VizPluginBase } = require('trace-studio');
exports.get_vizplugin = () => new (class P extends VizPluginBase {
  support_version() { return '0.1.0'; }
  message(type, payload) {
    getTracer().instant(payload.when ?? payload.cmd_type);
    return payload.when === 'pre-save' ? { action: 'handle_data', handler: () => void getTracer().instant('handler') } : { success: true };
  }
})();`,
    };
    const collector = new TestCollector();
    try {
      await collector.listen();
      await runTarget(collector, writeScript(collector, files), { options: { plugins: [{ spec: './plugin.cjs' }] } });
      expect(collector.events.flatMap((event) => (event.kind === 'instant' ? [event.name] : []))).toEqual([
        'initialize',
        'pre-start',
        'script',
        'post-stop',
        'pre-save',
        'handler',
        'terminate',
      ]);
    } finally {
      await collector.close();
    }
  });

  it('Multi-process: a spawned child loads the plugins from the strings again, and handles its own events', async () => {
    const script = `const { fork } = require('node:child_process'); const { getTracer } = require('trace-studio');
getTracer().counter(process.argv[2] ?? 'parent', { a: 1 });
if (!process.argv[2]) fork(__filename, ['child'], { cwd: '/' });`;
    const run = await runWithPlugins([told({ name: 'A', handler: 'added' })], { files: { 'script.cjs': script } });
    expect(run.code).toBe(0);
    expect(run.targets.map((target) => target.plugins.get(0))).toMatchObject(Array(2).fill({ state: 'terminated', messages: 5, handler: 'ran', failures: [] }));
  });

  it('process.exit: every message is sent, and what is done at once counts', async () => {
    const script = "process.on('exit', () => console.log('last words')); setTimeout(() => process.exit(3), 5);";
    const run = await runWithPlugins(
      [told({ name: 'A', handler: 'added' }), told({ name: 'B', at: { 'pre-save': 'never' } }), told({ name: 'C', handler: 'added' })],
      {
        files: { 'script.cjs': script },
      },
    );
    expect(run.code).toBe(3);
    expect(run.lines.indexOf('last words')).toBeLessThan(run.lines.indexOf('A event {"when":"post-stop"}'));
    expect(run.states.map(({ messages, handler }) => ({ messages, handler }))).toEqual([
      { messages: 5, handler: 'ran' },
      { messages: 5, handler: 'none' },
      { messages: 5, handler: 'ran' },
    ]);
    expect(run.states[1]?.failures).toMatchObject([
      { during: 'pre-save', message: 'it answered with a promise, and the process ends: only what is done at once counts there' },
    ]);
    expect(run.processed?.traceEvents.map((event) => event.name).slice(-2)).toEqual(['added of A', 'added of C']);
  });

  it("an uncaught error of the script: the report is handled, and the exit code is the script's", async () => {
    const run = await runWithPlugins([told({ name: 'A', handler: 'added' })], { files: { 'script.cjs': "throw new Error('the script fails')" } });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('the script fails');
    expect(run.states).toMatchObject([{ messages: 5, handler: 'ran' }]);
  });

  it('the process ends while a promise is waited for: the rest is done at once', async () => {
    const files = {
      ...answering('post-stop', '(setImmediate(() => {}), new Promise(() => {}))'),
      'script.cjs': "process.on('beforeExit', () => setTimeout(() => process.exit(2), 100).unref());",
    };
    const run = await runWithPlugins(['./plugin.cjs', told({ name: 'B', handler: 'added' })], { files });
    expect(run.code).toBe(2);
    expect(run.states[0]?.failures).toMatchObject([{ during: 'post-stop', message: 'the process ended before its promise was settled' }]);
    expect(run.states[1]).toMatchObject({ messages: 5, handler: 'ran' });
  });
});

describe('getTracer of a plugin', () => {
  const counts = (file: string, end: string): Record<string, string> => ({
    [file]: `const { getTracer, VizTracer } = require('trace-studio'); let beats = 0, timer; const beat = () => getTracer().counter('beat', { beats: ++beats });
exports.get_vizplugin = () => ({ support_version: () => '0.1.0', message(type, { when }) {
  if (when === 'initialize') ${end}
  if (when === 'pre-start') { beat(); timer = setInterval(beat, 2); globalThis.beats = () => beats; }
  if (when === 'post-stop') { clearInterval(timer); beat(); globalThis.said = beats; console.log('beats', beats); }
  return { success: true };
} });`,
  });
  const names = (run: Awaited<ReturnType<typeof runWithPlugins>>): string[] =>
    run.targets
      .flatMap((target) => [...target.threads.values()])
      .flatMap(({ stream }) => stream.events.flatMap((event) => ('name' in event ? [event.name] : [])));

  it.each([
    ['has never started', ''],
    ['has stopped', 'own.start(); own.stop();'],
    ['records, and saves', "own.start(); own.instant('mine'); own.save();"],
    ['is over', 'own.start(); own.stop(); own.terminate();'],
  ])("is the session's, also where the script has a tracer of its own that %s", async (_, body) => {
    const script = `const { VizTracer, getTracer } = require('trace-studio'); const own = new VizTracer({ verbose: 0 }); ${body}
(function wait() { setTimeout(() => (beats() < 5 ? wait() : console.log(getTracer() === own)), 2); })();`;
    const run = await runWithPlugins(['./plugin.cjs'], { files: { 'script.cjs': script, ...counts('plugin.cjs', '{}') } });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const said = Number(run.lines.find((line) => line.startsWith('beats'))?.slice(6));
    expect(names(run).filter((name) => name === 'beat')).toHaveLength(said);
  });

  it('stays, and a tracer that the plugin makes is not what getTracer gives the script', async () => {
    const script = `const { getTracer } = require('trace-studio'); console.log(getTracer().enabled); (function wait() { setTimeout(() => beats() < 5 && wait(), 2); })();`;
    const run = await runWithPlugins(['./plugin.cjs'], { files: { 'script.cjs': script, ...counts('plugin.cjs', '{ new VizTracer({ verbose: 0 }); }') } });
    expect(run.lines[0]).toBe('true');
    expect(names(run).length).toBeGreaterThan(5);
  });

  it("is the session's for those that are built in", async () => {
    const script = `new (require('trace-studio').VizTracer)({ verbose: 0 }); let turns = 0;
(function turn() { for (let i = 0, kept = []; i < 1e5; i++) kept.push({ i }); if (turns++ < 20) setTimeout(turn, 2); })();`;
    const run = await runWithPlugins(['vizplugins.gc -f 1000', 'vizplugins.active_handles -f 1000'], { files: { 'script.cjs': script } });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    // They have one before the script has begun.
    for (const name of ['gc', 'active_handles']) expect(names(run).filter((one) => one === name).length).toBeGreaterThan(1);
  });
});

describe('answers', () => {
  it.each([
    ['nothing', 'undefined'],
    ['None', 'null'],
    ['{}', '{}'],
    ['[]', '[]'],
    ['a string without the word action', "'hello'"],
  ])('Junk answers to an event: %s is ignored', async (_, answer) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: answering('pre-save', answer) });
    expect(run.states).toMatchObject([{ state: 'terminated', failures: [], warnings: [] }]);
    expect(run.stderr).toBe('');
  });

  it('Junk answers to an event: an unknown action is ignored, with a word', async () => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: answering('pre-save', "{ action: 'handle-data', handler() {} }") });
    expect(run.states).toMatchObject([{ failures: [], warnings: ['it answered with the action "handle-data", which is not known: there is handle_data'] }]);
  });

  it.each([
    ['handle_data without handler', "{ action: 'handle_data' }", 'it answered handle_data without a handler'],
    ['handle_data with a non-callable', "{ action: 'handle_data', handler: 5 }", 'the handler of its handle_data is a number, not a function'],
    ['a number', '42', 'it answered with a number, not with an object'],
    ['an answer whose property throws', "{ get action() { throw new Error('no') } }", 'Error: no'],
  ])('Junk answers to an event: %s is told of', async (_, answer, message) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: answering('post-stop', answer) });
    expect(run.states).toMatchObject([{ state: 'terminated', failureCount: 1, failures: [{ during: 'post-stop', message }] }]);
  });

  it.each(['{ success: 1 }', "{ success: 'yes' }", 'Promise.resolve({ success: true })'])('Terminate answer: %s passes', async (answer) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: answering('terminate', answer) });
    expect(run.states).toMatchObject([{ state: 'terminated', failures: [] }]);
  });

  it.each(['undefined', 'null', '{}', '{ success: false }', '5', "'success'"])(
    'Terminate answer: %s fails, and later plugins get terminate all the same',
    async (answer) => {
      const run = await runWithPlugins(['./plugin.cjs', told({ name: 'B' })], { files: answering('terminate', answer) });
      expect(run.states[0]?.failures).toEqual([{ during: 'terminate', message: "./plugin.cjs failed to process {'cmd_type': 'terminate'}" }]);
      expect(run.lines.at(-1)).toBe('B command {"cmd_type":"terminate"}');
    },
  );
});

describe('handle_data', () => {
  const handling = (handler: string, when = 'pre-save'): Record<string, string> => answering(when, `{ action: 'handle_data', handler: ${handler} }`);

  it.each(['initialize', 'pre-start', 'post-stop'])('answer to any event: before pre-save the object is {} (%s)', async (when) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: handling('(data) => console.log("data " + JSON.stringify(data))', when) });
    expect(run.lines).toContain('data {}');
    expect(run.states[0]?.failures).toEqual([]);
  });

  it('At pre-save it has traceEvents and viztracer_metadata: no file_info, no base time yet', async () => {
    const run = await runWithPlugins(['./plugin.cjs'], {
      files: handling('(data) => console.log(JSON.stringify([Object.keys(data), data.viztracer_metadata, data.traceEvents.map((event) => event.ph)]))'),
    });
    expect(run.lines).toContain('[["traceEvents","viztracer_metadata"],{"version":"0.1.0","overflow":false},["M","M","C","C"]]');
    expect(run.processed?.viztracer_metadata).toHaveProperty('baseTimeNanoseconds');
  });

  it("Handlers run immediately in plugin order, B sees A's changes", async () => {
    const run = await runWithPlugins([told({ name: 'A', handler: 'added' }), './plugin.cjs'], {
      files: handling('(data) => { data.seen = data.traceEvents.at(-1).name }'),
    });
    expect(run.processed?.seen).toBe('added of A');
  });

  it.each([
    ['new top-level keys are saved', '(data) => { data.extra = { by: "me" } }', { extra: { by: 'me' } }],
    [
      'Replacing data["traceEvents"] works',
      '(data) => { data.traceEvents = [{ ph: "i", name: "only", ts: 1 }] }',
      { traceEvents: [{ ph: 'i', name: 'only', ts: 1 }] },
    ],
    ['other data may be returned', '(data) => ({ ...data, traceEvents: [] })', { traceEvents: [] }],
    ['a promise is waited for', 'async (data) => { await null; return { ...data, traceEvents: [], late: 1 } }', { traceEvents: [], late: 1 }],
    ['a number that is returned is ignored', '(data) => data.traceEvents.push({ ph: "i", name: "x", ts: 1 })', {}],
    ['a part of the data that is returned is ignored', '(data) => data.traceEvents.splice(0) && data.traceEvents', { traceEvents: [] }],
  ])('%s', async (_, handler, left) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: handling(handler) });
    expect(run.processed).toMatchObject(left);
    expect(run.states).toMatchObject([{ handler: 'ran', failures: [] }]);
  });

  it.each([
    ['traceEvents is a text', '(data) => { data.traceEvents = "nothing" }', 'traceEvents is a string, not a list'],
    ['traceEvents is deleted', '(data) => { delete data.traceEvents }', 'traceEvents is undefined, not a list'],
    ['traceEvents holds something else', '(data) => { data.traceEvents = [1, 2] }', 'traceEvents[0] is a number, not an event'],
    ['viztracer_metadata is a list', '(data) => { data.viztracer_metadata = [] }', 'viztracer_metadata is a list, not an object'],
    ['a text is returned', '() => "done"', 'the data is a string, not an object'],
    ['a list is returned', '(data) => data.traceEvents.slice(1)', 'the data is a list, not an object'],
    ['an object without events is returned', '() => ({ events: [] })', 'traceEvents is undefined, not a list'],
  ])('a handler that replaces traceEvents by nonsense: %s; the data of before goes on', async (_, handler, problem) => {
    const run = await runWithPlugins(['./plugin.cjs', told({ name: 'B', handler: 'added' })], { files: handling(handler) });
    expect(run.states[0]).toMatchObject({
      handler: 'none',
      failures: [{ during: 'handle_data', message: `what its handler left is no trace data: ${problem}` }],
    });
    expect(run.processed?.traceEvents.map((event) => event.name)).toEqual(['process_name', 'thread_name', 'work', 'work', 'added of B']);
  });

  it('what JSON cannot hold does not cost the report', async () => {
    const run = await runWithPlugins(['./plugin.cjs'], {
      files: handling('(data) => { const args = { big: 2n ** 70n }; args.self = args; data.traceEvents.push({ ph: "i", name: "odd", ts: 1, args }) }'),
    });
    expect(run.states).toMatchObject([{ handler: 'ran', failures: [] }]);
    expect(run.processed?.traceEvents.at(-1)).toMatchObject({ name: 'odd' });
  });

  it('the example of the README works', async () => {
    const readme = readFileSync(path.resolve(import.meta.dirname, '../../../core/plugin-api/README.md'), 'utf8');
    const example = readme
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .join('\n');
    const run = await runWithPlugins(['./example.mjs'], { files: { 'example.mjs': example } });
    expect(run.processed?.traceEvents.at(-1)).toMatchObject({ name: 'mark' });
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('what listeners of exit record comes behind what the handlers left', async () => {
    const script = `const tracer = require('trace-studio').getTracer(); const { Worker, isMainThread } = require('node:worker_threads');
tracer.counter('early', { a: 1 });
if (isMainThread) { new Worker(__filename); process.on('exit', () => tracer.counter('late', { a: 2 })); }`;
    const run = await runWithPlugins([told({ name: 'A', handler: 'added' })], { files: { 'script.cjs': script } });
    const names = run.processed?.traceEvents.filter((event) => event.ph !== 'M').map((event) => event.name);
    expect(names).toEqual(['early', 'early', 'added of A', 'late']);
  });

  it('more events than may be handled in the target: a plugin host is needed, and nothing is written', async () => {
    const run = await runWithPlugins([told({ name: 'A', handler: 'added' })], { options: { pluginLimits: { events: 1 } } });
    expect(run.states).toMatchObject([{ handler: 'needed', failures: [] }]);
    expect(run.processed).toBeUndefined();
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  it('the limit of events is an option of the launch', async () => {
    // Nothing but what the script itself tells.
    const nothing = Object.fromEntries(Object.entries(DEFAULT_CAPTURE).map(([key, value]) => [key, value === true ? false : value]));
    const options = (pluginEvents: number) => ({ options: { capture: { ...DEFAULT_CAPTURE, ...nothing, calls: 'off' as const, pluginEvents } } });
    const handlers = [];
    for (const limit of [1, 2]) handlers.push((await runWithPlugins([told({ name: 'A', handler: 'added' })], options(limit))).states[0]?.handler);
    expect(handlers).toEqual(['needed', 'ran']);
  });

  it('too little memory: a plugin host is needed', async () => {
    const script = "const tracer = require('trace-studio').getTracer(); for (let i = 0; i < 60_000; i++) tracer.counter('many', { i });";
    const run = await runWithPlugins([told({ name: 'A', handler: 'added' })], {
      files: { 'script.cjs': script },
      flags: ['--max-old-space-size=32'],
      options: { pluginLimits: SHORT_LIMITS },
    });
    expect(run.states).toMatchObject([{ handler: 'needed', failures: [] }]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });
});
