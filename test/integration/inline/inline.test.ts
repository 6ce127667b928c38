/** `VizTracer` in a script that plain `node` runs: no studio, no command, no preload. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeTraceEvents } from '../../../core/formats/trace-event-writer.ts';
import { findFooter } from '../../../core/protocol/recording-reader.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { InlineFolder, NAMES, type Report } from './run-inline.ts';

const BODY = `
  const tracer = new VizTracer({ verbose: 0 });
  const counter = new VizCounter(tracer, 'queue');
  counter.waiting = 1;
  tracer.start();
  counter.waiting = 2;
  class Cart extends VizObject { items = ['a'] }
  const cart = new Cart(tracer, 'cart');
  cart.items = ['a', 'b'];
  cart.dispose();
  tracer.instant('here', { at: 1 });
  tracer.measure('work', () => {});
  tracer.stop();
  counter.waiting = 3;
  tracer.save();`;

const EXPECTED = [
  ['C', 'queue', { waiting: 2 }],
  ['N', 'cart', undefined],
  ['O', 'cart', { snapshot: { items: ['a'] } }],
  ['O', 'cart', { snapshot: { items: ['a', 'b'] } }],
  ['D', 'cart', undefined],
  ['i', 'here', { at: 1 }],
  ['X', 'work', undefined],
];

/** What the exporter makes of a recording. */
async function exported(recording: Uint8Array): Promise<Report> {
  const parts: Uint8Array[] = [];
  async function* once(): AsyncGenerator<Uint8Array> {
    yield recording;
  }
  for await (const part of writeTraceEvents(once())) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as Report;
}

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  let folder: InlineFolder;
  beforeAll(() => {
    folder = new InlineFolder();
  });
  afterAll(() => folder.remove());

  it.each([
    ['CommonJS', 'a.cjs', `const { ${NAMES} } = require('trace-studio');`],
    ['an ES module', 'a.mjs', `import { ${NAMES} } from 'trace-studio';`],
    ['an ES module that imports at run time', 'b.mjs', `const { ${NAMES} } = await import('trace-studio');`],
  ])('records and saves in %s', (_, name, head) => {
    expect(folder.run(name, head + BODY, node)).toEqual({ stdout: '', stderr: '', code: 0 });
    const report = folder.report('result.json');
    expect(report.traceEvents.filter(({ ph }) => ph !== 'M').map(({ ph, name, args }) => [ph, name, args])).toEqual(EXPECTED);
    expect(report.viztracer_metadata).toMatchObject({ overflow: false });
    expect(report.traceEvents.filter(({ ph }) => ph === 'M').map(({ args }) => args?.name)).toEqual([name, 'main']);
  });

  it('saves in an exit listener, also when the script throws', () => {
    const run = folder.run(
      'exit.cjs',
      `const { VizTracer } = require('trace-studio'); const tracer = new VizTracer({ verbose: 0, outputFile: 'exit.json' }); tracer.start();
       process.on('exit', () => tracer.save()); tracer.instant('one'); throw new Error('boom');`,
      node,
    );
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/boom/);
    expect(folder.names('exit.json')).toEqual(['one']);
  });

  it('takes plugins from texts and instances, and lets them handle the data', () => {
    folder.write(
      'named.mjs',
      `import { VizPluginBase } from 'trace-studio';
       class Named extends VizPluginBase {
         constructor(text) { super(); this.text = text; }
         supportVersion() { return '0.1.0'; }
         message(type, payload) {
           if (payload.when !== 'pre-save') return super.message(type, payload);
           return { action: 'handle_data', handler: (data) => { data.text = this.text; } };
         }
       }
       export const getVizPlugin = (text) => new Named(text);`,
    );
    folder.script(
      `class Own extends VizPluginBase {
         support_version() { return '0.0.1'; }
         message(type, payload) {
           if (payload.when !== 'pre-save') return super.message(type, payload);
           return { action: 'handle_data', handler: (data) => { for (const event of data.traceEvents) event.name += '!'; } };
         }
       }
       const tracer = new VizTracer({ verbose: 0, outputFile: 'plugins.json', plugins: [new Own(), './named.mjs  "a b"'] });
       tracer.start(); tracer.instant('one'); tracer.save(); tracer.terminate();`,
      node,
    );
    expect(folder.names('plugins.json')).toEqual(['one!']);
    expect(folder.report('plugins.json').text).toBe('./named.mjs  "a b"');
  });

  it('ends with the block of `using`', ({ skip }) => {
    skip(major < 24, 'this Node has no `using`');
    folder.script(
      `{ using tracer = VizTracer.begin({ verbose: 0, outputFile: 'using.json' }); tracer.instant('one'); }
       try { using tracer = VizTracer.begin({ verbose: 0, outputFile: 'thrown.json' }); tracer.instant('two'); throw new Error('boom'); }
       catch (error) { console.log(error.message, getTracer()); }`,
      node,
    );
    expect(folder.names('using.json')).toEqual(['one']);
    expect(folder.names('thrown.json')).toEqual(['two']);
  });
});

describe('saving', () => {
  let folder: InlineFolder;
  beforeEach(() => {
    folder = new InlineFolder();
  });
  afterEach(() => folder.remove());

  it('writes JSON, gzip and a recording by the name of the file, with the same events', async () => {
    folder.script(`const tracer = new VizTracer({ verbose: 0 }); tracer.start();
      for (let i = 0; i < 30000; i++) tracer.counter('c', { i });
      for (const name of ['r.json', 'r.json.gz', 'r.gz', 'r.tsr']) tracer.save(name);`);
    const values = Array.from({ length: 30_000 }, (_, i) => i);
    for (const name of ['r.json', 'r.json.gz', 'r.gz']) expect(folder.events(name).map(({ args }) => args?.i)).toEqual(values);
    const recording = folder.bytes('r.tsr');
    expect(findFooter(recording)).toMatchObject({ events: 30_000, dropped: 0 });
    expect((await exported(recording)).traceEvents).toEqual(folder.report('r.json').traceEvents);
    expect(folder.files()).toEqual(['r.gz', 'r.json', 'r.json.gz', 'r.tsr']);
  });

  it('makes missing folders, and leaves the old file where it cannot write', () => {
    folder.write('old/result.json', 'the old one');
    mkdirSync(path.join(folder.path, 'taken.json'));
    const out = folder.script(`const tracer = new VizTracer({ verbose: 0 }); tracer.start(); tracer.instant('one');
      tracer.save('a/b/c.json');
      const tries = ['taken.json', 'script.cjs/x.json'];
      for (const name of tries) try { tracer.save(name); } catch (error) { console.log(error.message); }`);
    expect(folder.names('a/b/c.json')).toEqual(['one']);
    expect(out.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^The trace could not be written to .*taken\.json: /),
      expect.stringMatching(/^The trace could not be written to .*x\.json: /),
    ]);
    expect(folder.files()).toEqual(['a', 'old', 'taken.json']);
    expect(folder.bytes('old/result.json').toString()).toBe('the old one');
  });

  it('tells on stderr what it has written, and what was lost', () => {
    const run = folder.run(
      'told.cjs',
      `const { VizTracer } = require('trace-studio'); const tracer = new VizTracer({ tracerEntries: 3 }); tracer.start();
       for (let i = 0; i < 10; i++) tracer.instant('i' + i); tracer.save();`,
    );
    expect(run).toMatchObject({ stdout: '', code: 0 });
    expect(run.stderr).toMatch(/^Saved 3 events to .*result\.json\n7 events are not in it: there was no room for them \(tracerEntries/);
    expect(folder.names('result.json')).toEqual(['i7', 'i8', 'i9']);
  });

  it('keeps the newest events and whole objects when there are too many', () => {
    folder.script(`const tracer = new VizTracer({ verbose: 0, tracerEntries: 5 }); tracer.start();
      const o = new VizObject(tracer, 'o'); o.first = 'f';
      for (let i = 0; i < 20; i++) o.i = i;
      tracer.save();
      const much = new VizTracer({ verbose: 0, tracerEntries: 1000, outputFile: 'much.json' }); much.start();
      const p = new VizObject(much, 'p'); p.first = 'x'.repeat(50);
      for (let i = 0; i < 200000; i++) p.i = i;
      much.save();`);
    const few = folder.events('result.json').map(({ args }) => args?.snapshot);
    expect(few).toEqual([15, 16, 17, 18, 19].map((i) => ({ first: 'f', i })));
    const many = folder.events('much.json').map(({ args }) => args?.snapshot);
    expect(many).toEqual(Array.from({ length: 1000 }, (_, i) => ({ first: 'x'.repeat(50), i: 199_000 + i })));
  });

  it('holds a million events by default', () => {
    const out = folder.script(`const tracer = new VizTracer({ verbose: 0 }); tracer.start();
      const c = new VizCounter(tracer, 'c');
      for (let i = 0; i < 1100000; i++) c.i = i;
      console.log(tracer.parse());
      tracer.save('large.tsr');`);
    expect(out).toBe('1000000\n');
  });

  it('records in worker threads, each with a tracer of its own', () => {
    folder.script(`const { Worker, isMainThread } = require('node:worker_threads');
      const tracer = new VizTracer({ verbose: 0, outputFile: isMainThread ? 'main.json' : 'worker.json' });
      tracer.start(); tracer.instant(isMainThread ? 'main' : 'worker'); tracer.save();
      if (isMainThread) new Worker(__filename);`);
    expect(folder.names('main.json')).toEqual(['main']);
    expect(folder.names('worker.json')).toEqual(['worker']);
  });

  it('says what to do where the package was bundled away from its parts', () => {
    folder.write('bundle.cjs', folder.bytes('node_modules/trace-studio/dist/tracer/api.cjs').toString());
    const { code, stderr } = folder.run('use.cjs', `const { VizTracer } = require('./bundle.cjs'); const t = new VizTracer(); t.start(); t.save();`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/keep it out of the bundle \(external\)/);
  });
});
