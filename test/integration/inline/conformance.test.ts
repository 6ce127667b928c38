/**
 * Rows of the behaviour of VizTracer's `VizTracer` object and plugins, each test named after its row; where ours differs, the row
 * says "ours", and core/tracer/README.md why.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InlineFolder, NAMES } from './run-inline.ts';

let folder: InlineFolder;
beforeEach(() => {
  folder = new InlineFolder();
});
afterEach(() => folder.remove());

const QUIET = 'const quiet = (more) => ({ verbose: 0, ...more });\n';
const script = (body: string): string[] =>
  folder
    .script(QUIET + body)
    .split('\n')
    .filter((line) => line !== '');
/** What each of the expressions throws. */
const messages = (...expressions: string[]): string[] =>
  script(`for (const run of [${expressions.map((one) => `() => ${one}`).join()}])
    try { run(); console.log('nothing'); } catch (error) { console.log(error.constructor.name + ': ' + error.message); }`);

describe('constructor', () => {
  it('defaults: tracer_entries 1,000,000, output_file result.json, register_global true', () => {
    expect(script('const t = new VizTracer(quiet()); t.start(); t.save(); console.log(getTracer() === t);')).toEqual(['true']);
    expect(folder.files()).toEqual(['result.json']);
  });
  it('register_global false: get_tracer does not give it', () => {
    expect(script('new VizTracer(quiet({ registerGlobal: false })); console.log(getTracer());')).toEqual(['undefined']);
  });
  it('booleans must be real booleans; other wrong types have their own texts', () => {
    expect(
      messages(
        'new VizTracer({ registerGlobal: 1 })',
        'new VizTracer({ pidSuffix: 1 })',
        'new VizTracer({ tracerEntries: 1.5 })',
        'new VizTracer({ outputFile: 1 })',
        'new VizTracer({ processName: 1 })',
        'new VizTracer({ mask_secrets: "no" })',
        'new VizTracer({ plugins: "p" })',
        'new VizTracer("x")',
      ),
    ).toEqual([
      'TypeError: register_global must be a boolean',
      'TypeError: pid_suffix needs to be a boolean, not 1',
      'TypeError: tracer_entries must be an integer above 0',
      'TypeError: output_file should be a string or None',
      'TypeError: process_name must be a string',
      'TypeError: mask_secrets must be a boolean',
      'TypeError: plugins must be a list of texts and plugins',
      'TypeError: VizTracer takes an object of options, not a string',
    ]);
  });
  it('unknown option (ours: a TypeError that names the known ones)', () => {
    expect(messages('new VizTracer({ tracer_entrys: 1 })')).toEqual([
      'TypeError: VizTracer has no option "tracer_entrys"; its options are tracerEntries, verbose, outputFile, pidSuffix, registerGlobal, processName, maskSecrets, plugins',
    ]);
  });
  it('names of the original are taken, too', () => {
    script(
      'const t = new VizTracer({ verbose: 0, tracer_entries: 2, output_file: "o.json", process_name: "mine" }); t.start(); for (const n of "abc") t.instant(n); t.save();',
    );
    expect(folder.names('o.json')).toEqual(['b', 'c']);
    expect(folder.report('o.json').traceEvents.find(({ name }) => name === 'process_name')?.args).toEqual({ name: 'mine' });
  });
  it('secrets are recorded (ours: where maskSecrets is false)', () => {
    const saved = (name: string, more: string): unknown => {
      script(`const t = new VizTracer(quiet({ outputFile: '${name}', ${more} })); t.start(); t.instant('i', { password: 'p' }); t.save();`);
      return folder.events(name)[0]?.args;
    };
    expect([saved('a.json', ''), saved('b.json', 'maskSecrets: false'), saved('c.json', 'mask_secrets: true')]).toEqual([
      { password: '(masked)' },
      { password: 'p' },
      { password: '(masked)' },
    ]);
  });
  it('classes have their names, also in what the engine says of them', () => {
    const names = script(`const api = require('trace-studio'); for (const one of Object.values(api)) console.log(one.name);
      for (const type of [VizTracer, api.EventBase, api.VizPluginBase]) try { type(); } catch (error) { console.log(error.message); }`);
    expect(names.filter((line) => line.includes('$'))).toEqual([]);
    expect(names).toContain("Class constructor VizTracer cannot be invoked without 'new'");
  });
  it('pid_suffix: name_<pid>.json', () => {
    const [pid] = script(
      'for (const f of ["r.json", "r.json.gz", "a.b/r.tsr"]) { const t = new VizTracer(quiet({ pidSuffix: true, outputFile: f })); t.start(); t.save(); } console.log(process.pid);',
    );
    expect([...folder.files(), ...folder.files('a.b')]).toEqual(['a.b', `r_${pid}.json`, `r_${pid}.json.gz`, `r_${pid}.tsr`]);
  });
});

describe('start, stop, pause, clear', () => {
  it('start() twice: no-op; stop() when not running: no-op', () => {
    script('const t = new VizTracer(quiet()); t.stop(); t.start(); t.start(); t.instant("a"); t.stop(); t.stop(); t.instant("b"); t.save();');
    expect(folder.names('result.json')).toEqual(['a']);
  });
  it('start/stop/start accumulates', () => {
    script('const t = new VizTracer(quiet()); for (const n of "abc") { t.start(); t.instant(n); t.stop(); t.instant("no"); } t.save();');
    expect(folder.names('result.json')).toEqual(['a', 'b', 'c']);
  });
  it('clear() empties at any time', () => {
    script(
      'const t = new VizTracer(quiet()); t.clear(); t.start(); const o = new VizObject(t, "o"); o.a = 1; o.b = 2; t.clear(); o.a = 3; t.instant("x"); t.save(); t.clear(); t.save("empty.json");',
    );
    expect(folder.events('result.json').map(({ ph, args }) => [ph, args])).toEqual([
      ['O', { snapshot: { a: 3, b: 2 } }],
      ['i', undefined],
    ]);
    expect(folder.events('empty.json')).toEqual([]);
  });
  it('between pause() and resume() custom events are recorded (ours: they are not)', () => {
    script(
      'const t = new VizTracer(quiet()); t.start(); const c = new VizCounter(t, "c"); t.instant("a"); t.pause(); t.instant("no"); c.a = 1; t.resume(); t.instant("b"); t.stop(); t.resume(); t.instant("no"); t.save();',
    );
    expect(folder.names('result.json')).toEqual(['a', 'b']);
  });
  it('not started, or stopped: events are dropped silently; log_event is recorded in any state (ours: it is dropped)', () => {
    script(
      'const t = new VizTracer(quiet()); const c = new VizCounter(t, "c"); const o = new VizObject(t, "o"); c.a = 1; o.a = 1; t.logEvent("e").end(); t.instant("i"); t.start(); t.stop(); c.a = 2; t.logEvent("e").end(); t.save();',
    );
    expect(folder.events('result.json')).toEqual([]);
  });
  it('two tracers at once: a warning, results unreliable (ours: each has its own events)', () => {
    script(
      'const a = new VizTracer(quiet()); const b = new VizTracer(quiet()); a.start(); b.start(); const c = new VizCounter(a, "c"); c.x = 1; a.instant("a"); b.instant("b"); a.save("a.json"); b.save("b.json");',
    );
    expect([folder.names('a.json'), folder.names('b.json')]).toEqual([['c', 'a'], ['b']]);
  });
});

describe('parse and save', () => {
  it('parse() stops first, returns the number of non-M entries', () => {
    expect(
      script('const t = new VizTracer(quiet()); t.start(); t.instant("a"); t.counter("c", { x: 1 }); console.log(t.parse(), t.enabled, t.parse());'),
    ).toEqual(['2 false 2']);
  });
  it('save() stops and parses if needed; a second save writes the same data', () => {
    expect(script('const t = new VizTracer(quiet()); t.start(); t.instant("a"); t.save(); t.save("again.json"); console.log(t.enabled);')).toEqual(['false']);
    expect(folder.bytes('again.json')).toEqual(folder.bytes('result.json'));
  });
  it('multi-process save() while running restarts tracing (ours: it is stopped, as there in a single process)', () => {
    script('const t = new VizTracer(quiet()); t.start(); t.instant("a"); t.save(); console.log(t.enabled); t.instant("no"); t.save();');
    expect(folder.names('result.json')).toEqual(['a']);
  });
  it('after save + start the old data is gone', () => {
    script('const t = new VizTracer(quiet()); t.start(); t.instant("a"); t.save("one.json"); t.start(); t.instant("b"); t.save("two.json");');
    expect([folder.names('one.json'), folder.names('two.json')]).toEqual([['a'], ['b']]);
  });
  it('save(): non-string -> output_file should be a string or None; other extension -> only these are supported', () => {
    expect(messages('new VizTracer().save(1)', 'new VizTracer().save("a.html")', 'new VizTracer().save("a")')).toEqual([
      'TypeError: output_file should be a string or None',
      'Error: Only json, gz and tsr are supported, and "a.html" ends in none of them',
      'Error: Only json, gz and tsr are supported, and "a" ends in none of them',
    ]);
    expect(folder.files()).toEqual([]);
  });
  it('save() that is refused changes nothing: the tracer goes on', () => {
    script('const t = new VizTracer(quiet()); t.start(); try { t.save("a.html"); } catch {} t.instant("a"); t.save();');
    expect(folder.names('result.json')).toEqual(['a']);
  });
  it('overflow is true when the ring is full; it keeps the newest entries (ours: exactly full is not overflow)', () => {
    script(
      'for (const n of [3, 4]) { const t = new VizTracer(quiet({ tracerEntries: 3, outputFile: n + ".json" })); t.start(); for (let i = 0; i < n; i++) t.instant(String(i)); t.save(); }',
    );
    expect(folder.report('3.json').viztracer_metadata.overflow).toBe(false);
    expect(folder.report('4.json').viztracer_metadata.overflow).toBe(true);
    expect(folder.names('4.json')).toEqual(['1', '2', '3']);
  });
  it('metadata: version, overflow, and baseTimeNanoseconds as digits that no double holds', () => {
    script('const t = new VizTracer(quiet()); t.start(); t.instant("a"); t.save(); console.log(Date.now());');
    const base = BigInt(/"baseTimeNanoseconds":(\d+)/.exec(folder.bytes('result.json').toString())?.[1] ?? 0);
    const [event] = folder.events('result.json');
    const atMs = Number(base / 1_000_000n) + (event?.ts ?? 0) / 1000;
    expect(Math.abs(Date.now() - atMs)).toBeLessThan(60_000);
    expect(folder.report('result.json').viztracer_metadata).toMatchObject({ version: expect.stringMatching(/^\d/), overflow: false });
  });
});

describe('with, global functions', () => {
  it('`with VizTracer()`: start; at exit stop, save, terminate, unregister, also when the block raised', () => {
    const out =
      script(`class P extends VizPluginBase { support_version() { return '0.0.1'; } message(type, { when, cmd_type }) { console.log(when ?? cmd_type); return super.message(type, { when, cmd_type }); } }
      console.log(VizTracer.run(quiet({ plugins: [new P()] }), (t) => { t.instant('in'); console.log(getTracer() === t, t.enabled); return 5; }), getTracer());
      try { VizTracer.run(quiet({ outputFile: 'thrown.json' }), (t) => { t.instant('thrown'); throw new Error('boom'); }); } catch (error) { console.log(error.message, getTracer()); }`);
    expect(out).toEqual(['initialize', 'pre-start', 'true true', 'post-stop', 'pre-save', 'terminate', '5 undefined', 'boom undefined']);
    expect([folder.names('result.json'), folder.names('thrown.json')]).toEqual([['in'], ['thrown']]);
  });
  it('the same for an async body: when it settles', () => {
    const out = script(`const later = (value) => new Promise((resolve) => setTimeout(resolve, 5, value));
      (async () => {
        console.log(await VizTracer.run(quiet(), async (t) => { await later(); t.instant('in'); return 5; }), getTracer());
        await VizTracer.run(quiet({ outputFile: 'thrown.json' }), async (t) => { await later(); t.instant('thrown'); throw new Error('boom'); }).catch((error) => console.log(error.message, getTracer()));
      })();`);
    expect(out).toEqual(['5 undefined', 'boom undefined']);
    expect([folder.names('result.json'), folder.names('thrown.json')]).toEqual([['in'], ['thrown']]);
  });
  it('a body that ends the process: `sys.exit` is an exception there, `process.exit` is none here', () => {
    const run = folder.run(
      'ends.cjs',
      `const { VizTracer } = require('trace-studio'); const quiet = (outputFile) => ({ verbose: 0, outputFile });
       VizTracer.run(quiet('never.json'), async (t) => { t.instant('waits'); await new Promise(() => {}); });
       VizTracer.run(quiet('done.json'), (t) => t.instant('done'));
       console.log(process.listenerCount('exit'));
       VizTracer.run(quiet('exit.json'), (t) => { t.instant('in'); process.exit(3); });`,
    );
    expect(run).toEqual({ stdout: '1\n', stderr: '', code: 3 });
    expect([folder.names('exit.json'), folder.names('done.json'), folder.names('never.json')]).toEqual([['in'], ['done'], ['waits']]);
  });
  it('an error of the body is not lost to one of saving', () => {
    const run = folder.run(
      'lost.cjs',
      `const { VizTracer } = require('trace-studio'); VizTracer.run({ outputFile: 'lost.cjs/x.json' }, () => { throw new Error('the first'); });`,
    );
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/The trace could not be written to .*[\s\S]*Error: the first/);
  });
  it('`using` saves what was not saved, and nothing for a tracer that never started', () => {
    script(`const a = new VizTracer(quiet({ outputFile: 'a.json' })); a[Symbol.dispose]();
      const b = VizTracer.begin(quiet({ outputFile: 'b.json' })); b.instant('b'); b.save('own.json'); b[Symbol.dispose]();
      const c = VizTracer.begin(quiet({ outputFile: 'c.json' })); c.instant('c'); c[Symbol.dispose](); c[Symbol.dispose]();`);
    expect(folder.files()).toEqual(['c.json', 'own.json']);
  });
  it('ignore_function without a global tracer: NameError (ours: the function runs)', () => {
    expect(script('const f = ignoreFunction(function add(a, b) { return a + b; }); console.log(f(1, 2), f.name, f.length);')).toEqual(['3 add 2']);
  });
  it('ignore_function: if the function raises, the tracer stays paused (ours: it goes on)', () => {
    script(`const t = new VizTracer(quiet()); t.start();
      const f = ignoreFunction((fail) => { t.instant('no'); g(); t.instant('no'); if (fail) throw new Error('boom'); });
      const g = ignoreFunction(() => t.instant('no'));
      f(false); t.instant('a'); try { f(true); } catch { t.instant('b'); } f.call(null, false); t.instant('c');
      class Shop { constructor() { this.n = 1; } }
      Shop.prototype.buy = ignoreFunction(function buy(k) { t.instant('no'); return this.n + k; }, t);
      t.instant(String(new Shop().buy(2)));
      t.save();`);
    expect(folder.names('result.json')).toEqual(['a', 'b', 'c', '3']);
  });
  it('ignore_function on a tracer that is not recording does not start it', () => {
    script(
      'const t = new VizTracer(quiet()); t.start(); t.pause(); ignoreFunction(() => {})(); t.instant("no"); t.resume(); t.stop(); ignoreFunction(() => {})(); t.instant("no"); t.save();',
    );
    expect(folder.names('result.json')).toEqual([]);
  });
  it('decorators: of the language and of TypeScript', () => {
    script(`const t = new VizTracer(quiet()); t.start();
      class Shop { buy() { t.instant('no'); } }
      Shop.prototype.buy = ignoreFunction(Shop.prototype.buy, { kind: 'method', name: 'buy' });
      Object.defineProperty(Shop.prototype, 'sell', ignoreFunction(Shop.prototype, 'sell', { value() { t.instant('no'); }, configurable: true }));
      new Shop().buy(); new Shop().sell(); t.instant('a'); t.save();`);
    expect(folder.names('result.json')).toEqual(['a']);
  });
  it('trace_and_save: file result_<func>_<100000*epoch>.json, one a call', () => {
    const out =
      script(`const work = traceAndSave(quiet({ outputDir: 'out' }))(function work(n) { getTracer().instant('work ' + n); if (n > 1) again(n - 1); if (n === 9) throw new Error('boom'); return n; }); const again = work;
      const outer = new VizTracer(quiet());
      console.log(work(2), work.name, getTracer() === outer); try { work(9); } catch (error) { console.log(error.message); }
      const wait = traceAndSave(quiet())(async function wait() { await null; getTracer().instant('waited'); return 'w'; });
      wait().then((value) => console.log(value, getTracer() === outer));`);
    expect(out).toEqual(['2 work true', 'boom', 'w true']);
    const files = folder.files('out');
    expect(files).toHaveLength(11);
    expect(files.every((name) => /^result_work_\d{15}\.json$/.test(name))).toBe(true);
    const [waited] = folder.files().filter((name) => name.startsWith('result_wait_'));
    expect(folder.names(waited as string)).toEqual(['waited']);
    expect(files.map((name) => folder.names(`out/${name}`))).toContainEqual(['work 2']);
  });
  it('trace_and_save of async calls that overlap: the tracer of the last one that goes on (ours), and no warning of many', () => {
    const out = script(`const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const outer = new VizTracer(quiet());
      const work = traceAndSave(quiet({ outputDir: 'out' }))(async (ms) => { getTracer().instant('begin ' + ms); await wait(ms); getTracer().instant('end ' + ms); });
      Promise.all(Array.from({ length: 15 }, (_, i) => work(i * 5))).then(() => console.log(getTracer() === outer));`);
    expect(out).toEqual(['true']);
    const names = folder.files('out').map((file) => folder.names(`out/${file}`));
    expect(names.flat().filter((name) => name.startsWith('begin'))).toHaveLength(15);
  });
  it('a tracer that is over gives way to the one before it', () => {
    expect(
      script(`const a = new VizTracer(quiet()); const b = VizTracer.begin(quiet({ outputFile: 'b.json' })); const c = VizTracer.begin(quiet({ outputFile: 'c.json' }));
        const now = () => console.log([a, b, c].indexOf(getTracer()));
        now(); b[Symbol.dispose](); now(); c[Symbol.dispose](); now(); a[Symbol.dispose](); now();`),
    ).toEqual(['2', '2', '0', '-1']);
  });
  it('trace_and_save without options takes the function itself', () => {
    const run = folder.run('bare.cjs', `const { ${NAMES} } = require('trace-studio'); console.log(traceAndSave(function bare() { return 1; })());`);
    expect(run).toMatchObject({ stdout: '1\n', code: 0, stderr: expect.stringMatching(/^Saved 0 events to .*result_bare_\d+\.json\n$/) });
  });
});

describe('log_* and add_*', () => {
  it('add_variable, getts, add_raw and set_sync_marker (ours: not there)', () => {
    expect(script('const t = new VizTracer(); for (const name of ["add_variable", "getts", "add_raw", "set_sync_marker"]) console.log(name in t);')).toEqual(
      Array(4).fill('false'),
    );
  });
  it('add_object of an instance: its fields, and its class (ours; there: what it is given)', () => {
    script(
      'class Cart { items = ["lamp"]; #key = 1; get secret() { return this.#key; } } const t = new VizTracer(quiet()); t.start(); t.snapshot("cart", new Cart()); t.snapshot("list", [1]); t.snapshot("when", new Date(0)); t.snapshot("url", new URL("https://a.b/")); t.instant("i", new Cart()); t.save(); t.save("all.tsr");',
    );
    expect(folder.events('result.json').map(({ ph, name, args }) => [ph, name, args?.snapshot ?? args])).toEqual([
      ['N', 'cart', undefined],
      ['O', 'cart', { items: ['lamp'] }],
      ['N', 'list', undefined],
      ['O', 'list', { value: [1] }],
      ['N', 'when', undefined],
      ['O', 'when', { value: '1970-01-01T00:00:00.000Z' }],
      ['N', 'url', undefined],
      ['O', 'url', { value: 'https://a.b/' }],
      ['i', 'i', { items: ['lamp'] }],
    ]);
  });
  it('log_instant: default scope t; add_instant: default scope g', () => {
    script(
      'const t = new VizTracer(quiet()); t.start(); t.log_instant("a", { x: 1 }); t.logInstant("b", undefined, "process"); t.add_instant("c"); t.add_instant("d", null, "t"); t.save();',
    );
    expect(folder.events('result.json').map(({ name, s, args }) => [name, s, args])).toEqual([
      ['a', 't', { x: 1 }],
      ['b', 'p', undefined],
      ['c', 'g', undefined],
      ['d', 't', undefined],
    ]);
  });
  it('log_var(name, number incl. bool) -> counter, other -> instant; cond=False skips', () => {
    script(
      'const t = new VizTracer(quiet()); t.start(); t.logVar("n", 2); t.log_var("b", true); t.logVar("s", "text"); t.logVar("o", { a: 1 }); t.logVar("no", 1, false); t.save();',
    );
    expect(folder.events('result.json').map(({ ph, name, args }) => [ph, name, args])).toEqual([
      ['C', 'n', { value: 2 }],
      ['C', 'b', { value: 1 }],
      ['i', 's', { value: 'text' }],
      ['i', 'o', { value: { a: 1 } }],
    ]);
  });
  it('log_event: X', () => {
    script(
      'const t = new VizTracer(quiet()); t.start(); const e = t.log_event("e", { a: 1 }); e.end(); e.end(); t.logEvent("never ended"); t.addCounter("c", { x: 1 }); t.add_counter("c", { x: 2 }); t.addObject("o", { a: 1 }); t.add_object("o", { a: 2 }); t.save();',
    );
    expect(folder.events('result.json').map(({ ph, name, args }) => [ph, name, args])).toEqual([
      ['X', 'e', { a: 1 }],
      ['C', 'c', { x: 1 }],
      ['C', 'c', { x: 2 }],
      ['N', 'o', undefined],
      ['O', 'o', { snapshot: { a: 1 } }],
      ['O', 'o', { snapshot: { a: 2 } }],
    ]);
  });
});
