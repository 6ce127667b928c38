/** Rows of the behaviour of VizTracer's plugins, for the `plugins` option of an inline tracer; "ours" where we differ. */
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertRecording } from '../../../main/services/export/convert-recording.ts';
import { InlineFolder, NAMES } from './run-inline.ts';

let folder: InlineFolder;
beforeEach(() => {
  folder = new InlineFolder();
});
afterEach(() => folder.remove());

/** A plugin that prints what it is told, and answers what its `answers` say. */
const HEAD = `
  class P extends VizPluginBase {
    constructor(name, answers = {}) { super(); this.name = name; this.answers = answers; }
    support_version() { return '0.0.1'; }
    message(type, payload) {
      const what = payload.when ?? payload.cmd_type;
      console.log(this.name, what);
      const answer = this.answers[what];
      return answer ? answer() : super.message(type, payload);
    }
  }
  const handle = (handler) => ({ 'pre-save': () => ({ action: 'handle_data', handler }) });
  const make = (...plugins) => new VizTracer({ verbose: 0, plugins });
`;
const run = (body: string): { readonly out: string[]; readonly stderr: string; readonly code: number | null } => {
  const { stdout, stderr, code } = folder.run('script.cjs', `const { ${NAMES} } = require('trace-studio');\n${HEAD}${body}`);
  return { out: stdout.split('\n').filter((line) => line !== ''), stderr, code };
};
const good = (body: string): string[] => {
  const { out, stderr, code } = run(body);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return out;
};

describe('order', () => {
  it('constructor: initialize; start: pre-start; stop: post-stop; save: pre-save; terminate: each for A, then for B', () => {
    const out = good(
      `const t = make(new P('A'), new P('B')); console.log('made'); t.start(); console.log('started', t.enabled); t.stop(); t.save(); t.terminate();`,
    );
    expect(out).toEqual(
      'A initialize|B initialize|made|A pre-start|B pre-start|started true|A post-stop|B post-stop|A pre-save|B pre-save|A terminate|B terminate'.split('|'),
    );
  });
  it('A is initialised before B is loaded', () => {
    for (const name of ['a', 'b']) {
      folder.write(
        `${name}.cjs`,
        `console.log('${name} loads'); const { VizPluginBase } = require('trace-studio');
         class Q extends VizPluginBase { support_version() { return '0.0.1'; } message(t, p) { console.log('${name}', p.when); return super.message(t, p); } }
         exports.get_vizplugin = (text) => { console.log('hook', text); return new Q(); };`,
      );
    }
    expect(good(`make('./a.cjs -f  "1 2"', './b.cjs');`)).toEqual([
      'a loads',
      'hook ./a.cjs -f  "1 2"',
      'a initialize',
      'b loads',
      'hook ./b.cjs',
      'b initialize',
    ]);
  });
  it('events are sent only on real transitions; repeated start/stop pairs send pairs again', () => {
    const out = good(`const t = make(new P('A')); t.start(); t.start(); t.stop(); t.stop(); t.start(); t.stop();`);
    expect(out).toEqual(['A initialize', 'A pre-start', 'A post-stop', 'A pre-start', 'A post-stop']);
  });
  it('stop: tracing is already off; start: not yet on', () => {
    good(`const t = make(new P('A', { 'pre-start': () => { t.instant('no'); }, 'post-stop': () => { t.instant('no'); } }));
      t.start(); t.instant('a'); t.save();`);
    expect(folder.names('result.json')).toEqual(['a']);
  });
  it('save while running stops first; save without start still sends pre-save', () => {
    expect(good(`const t = make(new P('A')); t.save(); t.start(); t.save('b.json');`)).toEqual([
      'A initialize',
      'A pre-save',
      'A pre-start',
      'A post-stop',
      'A pre-save',
    ]);
  });
  it('terminate: a second call does nothing, and later start/stop send nothing', () => {
    expect(good(`const t = make(new P('A')); t.terminate(); t.terminate(); t.start(); t.instant('a'); t.stop(); t.save();`)).toEqual([
      'A initialize',
      'A terminate',
    ]);
    expect(folder.names('result.json')).toEqual(['a']);
  });
  it('parse sends nothing but post-stop', () => {
    expect(good(`const t = make(new P('A')); t.start(); t.parse();`)).toEqual(['A initialize', 'A pre-start', 'A post-stop']);
  });
});

describe('the list', () => {
  it('each item an instance of VizPluginBase or a string; other -> TypeError: Invalid plugin!', () => {
    const out = good(`for (const one of [P, null, undefined, 1, {}, ['x']])
      try { new VizTracer({ plugins: [one] }); console.log('made'); } catch (error) { console.log(error.constructor.name, error.message); }
      console.log(getTracer());`);
    expect(out).toEqual([...Array.from({ length: 6 }, () => 'TypeError Invalid plugin!'), 'undefined']);
  });
  it('built-in plugins are found by their names', () => {
    good(`const t = make('vizplugins.memory_usage -f 200');
      const look = () => {
        if (t.parse() > 0) { t.save(); t.terminate(); return; }
        t.start();
        setTimeout(look, 50);
      };
      look();`);
    expect(folder.events('result.json').filter(({ ph, args }) => ph === 'C' && Number(args?.rss) > 0).length).toBeGreaterThan(0);
  });
  it('a module that is not there (ours: told on stderr, the script goes on)', () => {
    const { out, stderr, code } = run(`const t = make('nowhere.at_all -x', new P('B')); t.start(); t.instant('a'); t.save();`);
    expect({ out, code }).toEqual({ out: ['B initialize', 'B pre-start', 'B post-stop', 'B pre-save'], code: 0 });
    expect(stderr).toMatch(/^\[trace-studio\] .*There's no module named nowhere\.at_all, maybe you need to install it.*\n$/);
    expect(folder.names('result.json')).toEqual(['a']);
  });
});

describe('handle_data', () => {
  it('handlers run in plugin order, B sees the changes of A; new top-level keys are saved', () => {
    good(`const a = new P('A', handle((data) => { data.traceEvents = data.traceEvents.filter(({ name }) => name !== 'no'); data.mine = { of: 'A' }; }));
      const b = new P('B', handle((data) => ({ ...data, seen: [data.mine, data.traceEvents.length] })));
      const t = make(a, b); t.start(); t.instant('a'); t.instant('no'); t.save();`);
    expect(folder.names('result.json')).toEqual(['a']);
    expect(folder.report('result.json')).toMatchObject({ mine: { of: 'A' }, seen: [{ of: 'A' }, 3] });
  });
  it('before pre-save the object is {}; at pre-save it has traceEvents and viztracer_metadata, no base time yet', () => {
    const keys = `handler: (data) => console.log(JSON.stringify(Object.keys(data)), Object.keys(data.viztracer_metadata ?? {}).join())`;
    const out =
      good(`const answers = Object.fromEntries(['initialize', 'pre-start', 'post-stop', 'pre-save'].map((when) => [when, () => ({ action: 'handle_data', ${keys} })]));
      const t = make(new P('A', answers)); t.start(); t.save();`).filter((line) => !line.startsWith('A'));
    expect(out).toEqual(['[] ', '[] ', '[] ', '["traceEvents","viztracer_metadata"] version,overflow']);
    expect(folder.bytes('result.json').toString()).toMatch(/"baseTimeNanoseconds":\d{19}/);
  });
  it('a second save runs handlers again (ours: on what was recorded, not on what they left)', () => {
    good(
      `const t = make(new P('A', handle((data) => { data.traceEvents.push({ ph: 'i', name: 'added', ts: 1 }); }))); t.start(); t.instant('a'); t.save('1.json'); t.save('2.json');`,
    );
    expect([folder.names('1.json'), folder.names('2.json')]).toEqual([
      ['a', 'added'],
      ['a', 'added'],
    ]);
  });
  it('a recording keeps both what was recorded and what was left', async () => {
    good(
      `const t = make(new P('A', handle((data) => { data.traceEvents[2].name = 'changed'; }))); t.start(); t.instant('recorded'); t.save('r.tsr'); t.save('same.json');`,
    );
    const names: Record<string, readonly string[]> = {};
    for (const view of ['processed', 'raw'] as const) {
      const target = path.join(folder.path, `${view}.json`);
      const { notes } = await convertRecording({ source: path.join(folder.path, 'r.tsr'), target, format: 'chrome-json', view });
      expect(notes).toEqual([]);
      names[view] = folder.names(`${view}.json`);
    }
    expect(names).toEqual({ processed: ['changed'], raw: ['recorded'] });
    const [shown, saved] = ['processed.json', 'same.json'].map((name) => folder.events(name)[0]?.ts ?? 0);
    expect(shown).toBe(saved);
  });
  it('a promise is awaited by save and by `run`, in order', () => {
    const later = `new Promise((resolve) => setTimeout(resolve, 20))`;
    const out = good(`const a = new P('A', handle(async (data) => { await ${later}; data.traceEvents.push({ ph: 'i', name: 'A', ts: 1 }); }));
      const b = new P('B', handle((data) => { data.traceEvents.push({ ph: 'i', name: 'B', ts: 2 }); }));
      const t = make(a, b); t.start(); t.instant('a'); const saved = t.save(); console.log(saved instanceof Promise);
      t.start(); t.instant('later');
      saved.then(() => VizTracer.run({ verbose: 0, outputFile: 'run.json', plugins: [a, b] }, async (t) => t.instant('r'))).then(() => console.log('done'));`);
    expect(out.at(-1)).toBe('done');
    expect(folder.names('result.json')).toEqual(['a', 'A', 'B']);
    expect(folder.names('run.json')).toEqual(['r', 'A', 'B']);
  });
  it('a promise that nobody waits for is waited for by the process', () => {
    good(
      `const t = make(new P('A', handle((data) => new Promise((resolve) => setTimeout(() => { data.late = true; resolve(); }, 20))))); t.start(); t.save();`,
    );
    expect(folder.report('result.json').late).toBe(true);
  });
  it('inside of exit only what is done at once counts', () => {
    const { stderr, code } =
      run(`const t = make(new P('A', handle(async (data) => { data.late = true; })), new P('B', handle((data) => { data.now = true; }))); t.start();
      process.on('exit', () => { t.instant('a'); t.save(); });`);
    expect(code).toBe(0);
    expect(stderr).toMatch(/Plugin P failed at handle_data: .*promise/);
    expect(folder.names('result.json')).toEqual(['a']);
    expect(folder.report('result.json').now).toBe(true);
  });
});

describe('raised in (ours: reported on stderr; everything else goes on, and the report exists)', () => {
  it.each(['initialize', 'pre-start', 'post-stop', 'pre-save', 'terminate'])('%s', (when) => {
    const { out, stderr, code } = run(`const t = make(new P('A', { '${when}': () => { throw new Error('broken'); } }), new P('B'));
      t.start(); t.instant('a'); t.stop(); t.save(); t.terminate();`);
    expect(code).toBe(0);
    expect(out.filter((line) => line.startsWith('B'))).toEqual(['B initialize', 'B pre-start', 'B post-stop', 'B pre-save', 'B terminate']);
    expect(stderr).toBe(`[trace-studio] Plugin P failed at ${when}: Error: broken\n`);
    expect(folder.names('result.json')).toEqual(['a']);
  });
  it('handler', () => {
    const { stderr, code } = run(`const t = make(new P('A', handle(() => { throw new Error('broken'); }))); t.start(); t.instant('a'); t.save();`);
    expect({ stderr, code }).toEqual({ stderr: '[trace-studio] Plugin P failed at handle_data: Error: broken\n', code: 0 });
    expect(folder.names('result.json')).toEqual(['a']);
  });
  it.each(['d.traceEvents = []', 'd.traceEvents.length = 0', "d.extra = 1; for (const event of d.traceEvents) { event.name = 'edited'; delete event.ph; }"])(
    'handler, after `%s`: nothing of that stays, before and behind one that does its work',
    (edit) => {
      const { stderr, code } = run(`const bad = () => new P('A', handle((d) => { ${edit}; throw new Error('halfway'); }));
        const t = make(bad(), new P('B', handle((d) => void d.traceEvents.push({ ph: 'i', name: 'added', ts: 1, s: 'g' }))), bad()); t.start(); t.instant('a'); t.save();`);
      expect({ stderr, code }).toEqual({ stderr: '[trace-studio] Plugin P failed at handle_data: Error: halfway\n'.repeat(2), code: 0 });
      expect(folder.names('result.json')).toEqual(['a', 'added']);
      expect(Object.keys(folder.report('result.json'))).toEqual(['traceEvents', 'viztracer_metadata', 'displayTimeUnit']);
    },
  );
  it('handler that calls process.exit', () => {
    const { stderr, code } = run(`const t = make(new P('A', handle(() => process.exit(7)))); t.start(); t.instant('a'); t.save(); console.log('still here');`);
    expect(code).toBe(0);
    expect(stderr).toMatch(/a plugin may not end the process/);
    expect(folder.names('result.json')).toEqual(['a']);
  });
});
