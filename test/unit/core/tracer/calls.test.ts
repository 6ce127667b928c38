import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { fileGlobs } from '../../../../core/instrument/file-globs.ts';
import { DEFAULT_CAPTURE } from '../../../../core/protocol/capture-options.ts';
import { ChosenFiles } from '../../../../core/tracer/calls/chosen-files.ts';
import { FileCache, textHash } from '../../../../core/tracer/calls/file-cache.ts';
import { FunctionMutes } from '../../../../core/tracer/calls/function-mutes.ts';
import { ShortCalls } from '../../../../core/tracer/calls/short-calls.ts';
import { DrainState, FunctionState, functionTable, PROCESS_BYTES, ProcessWord, ringBufferBytes } from '../../../../core/tracer/ring-layout.ts';
import { RingReader } from '../../../../core/tracer/ring-reader.ts';
import { RingWriter } from '../../../../core/tracer/ring-writer.ts';
import { callLines } from '../../../integration/tracer/call-lines.ts';
import { StreamDecoder } from '../../../integration/tracer/decode-stream.ts';

const RING_BYTES = 64 * 1024;

function makeRing({ maxDepth = 0 }: { maxDepth?: number } = {}) {
  const buffer = new SharedArrayBuffer(ringBufferBytes(RING_BYTES, true));
  const words = new Int32Array(new SharedArrayBuffer(PROCESS_BYTES));
  words[ProcessWord.GATE] = 1;
  words[ProcessWord.STATE] = DrainState.CONNECTED;
  const functions = functionTable({ buffer, ringBytes: RING_BYTES }) as Uint8Array;
  const options = { buffer, ringBytes: RING_BYTES, process: words, whenFull: 'live', maskSecrets: true, report: () => {}, attach: () => true } as const;
  const writer = new RingWriter({ ...options, functions, look: () => false, maxDepth });
  const reader = new RingReader({ kind: 'ring', thread: 0, name: 'main', ringBytes: RING_BYTES, buffer });
  const decoder = new StreamDecoder(true);
  const drain = (through?: ShortCalls): void => {
    for (let next = reader.next(); next.data.units + next.definitions.units > 0; next = reader.next()) {
      decoder.definitions(Buffer.concat(next.definitions.pieces));
      const pieces = through ? [through.push(next.data.pieces)] : next.data.pieces;
      for (const piece of pieces) decoder.data(new Uint8Array(piece));
      reader.confirm(next);
    }
  };
  const names = ['a', 'b', 'c', 'd'];
  writer.defineFunctions(
    1,
    '/file.js',
    names.map((name, i) => `${i + 1} 1 0 ${name}`),
  );
  functions.fill(FunctionState.RECORDED, 1, 5);
  return { writer, drain, decoder, functions, words, reader };
}

describe('calls on a ring', () => {
  it('are 8 bytes each, and nest', () => {
    const { writer, drain, decoder, reader } = makeRing();
    const a = writer.enter(1);
    const b = writer.enter(2);
    writer.exit(b);
    writer.exit(a);
    const { data } = reader.next();
    expect(data.bytes).toBe(8 + 4 * 8); // The clock, and four.
    drain();
    expect(callLines(decoder.calls)).toEqual(['a', '  b']);
  });

  it('stay in pairs whatever changes while they are open', () => {
    const change = fc.constantFrom('enter', 'exit', 'begin', 'suspend', 'resume', 'finish', 'mute', 'stop', 'start', 'fill', 'drain');
    fc.assert(
      fc.property(fc.array(fc.record({ change, which: fc.nat(3) }), { maxLength: 120 }), (steps) => {
        const { writer, drain, decoder, functions, words } = makeRing();
        // What JavaScript can do: plain calls on a stack, and activations that run on top of it.
        const stack: { token: number; runs?: true }[] = [];
        const waiting: number[] = [];
        for (const { change: step, which } of steps) {
          const top = stack.at(-1);
          if (step === 'enter') stack.push({ token: writer.enter(which + 1) });
          else if (step === 'begin') stack.push({ token: writer.begin(which + 1), runs: true });
          else if (step === 'exit' && top && !top.runs) writer.exit((stack.pop() as { token: number }).token);
          else if (step === 'suspend' && top?.runs) {
            writer.suspend(top.token);
            waiting.push((stack.pop() as { token: number }).token);
          } else if (step === 'resume' && waiting.length > 0) {
            const token = waiting.splice(which % waiting.length, 1)[0] as number;
            writer.resume(token);
            stack.push({ token, runs: true });
          } else if (step === 'finish' && top?.runs) writer.finish((stack.pop() as { token: number }).token);
          else if (step === 'mute') functions[which + 1] = functions[which + 1] === FunctionState.MUTED ? FunctionState.RECORDED : FunctionState.MUTED;
          else if (step === 'stop' || step === 'start') words[ProcessWord.GATE] = step === 'start' ? 1 : 0;
          else if (step === 'fill') for (let i = 0; i < 4200; i++) writer.exit(writer.enter(1));
          else if (step === 'drain') drain();
        }
        while (stack.length > 0) {
          const { token, runs } = stack.pop() as { token: number; runs?: true };
          if (runs) writer.finish(token);
          else writer.exit(token);
        }
        drain();
        words[ProcessWord.GATE] = 1;
        functions.fill(FunctionState.RECORDED, 1, 5);
        writer.exit(writer.enter(4));
        drain();
        // Everything is closed: the last call lies at the outermost level, unless losses have hidden an end; then a gap says what is open.
        const isLoss = decoder.events.some(({ kind }) => kind === 'gap');
        if (!isLoss) expect(callLines(decoder.calls).filter((line) => /did not/.test(line))).toEqual([]);
        const gaps = decoder.events.flatMap((event) => (event.kind === 'gap' ? [event] : []));
        for (const gap of gaps) expect(gap.stack.every((name) => 'abcd'.includes(name))).toBe(true);
        expect(decoder.rest).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('tell the open stack in a gap', () => {
    const { writer, drain, decoder } = makeRing();
    const outer = writer.enter(1);
    const run = writer.begin(2);
    for (let i = 0; i < 10_000; i++) writer.exit(writer.enter(3));
    drain();
    const inner = writer.enter(4);
    writer.exit(inner);
    writer.finish(run);
    writer.exit(outer);
    drain();
    const [gap] = decoder.events.flatMap((event) => (event.kind === 'gap' ? [event] : []));
    expect(gap?.stack).toEqual(['a', 'b']);
    expect(decoder.calls.slice(-4).map((call) => `${call.kind} ${call.function.name}`)).toEqual(['enter d', 'exit d', 'end b', 'exit a']);
  });

  it('that ended without being told of are taken off with the one below them', () => {
    const { writer, drain, decoder } = makeRing({ maxDepth: 3 });
    const outer = writer.enter(1);
    writer.enter(2);
    writer.enter(3);
    expect(writer.enter(4)).toBe(0);
    writer.exit(outer);
    expect(writer.enter(4)).toBe(4);
    drain();
    expect(decoder.calls.map((call) => `${call.kind} ${call.function.name}`)).toEqual(['enter a', 'enter b', 'enter c', 'exit a', 'enter d']);
  });
});

describe('calls that are too short', () => {
  it('are left out, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('enter', 'exit', 'instant', 'arguments', 'result', 'wait', 'push'), { maxLength: 200 }),
        fc.nat(3),
        (steps, function_) => {
          const { writer, drain, decoder } = makeRing();
          const whole = makeRing();
          const short = new ShortCalls(2_000_000);
          const stack: [number, number][] = [];
          let waits = 0;
          const both = (run: (one: RingWriter) => number): [number, number] => [run(writer), run(whole.writer)];
          for (const step of steps) {
            if (step === 'enter') {
              stack.push(both((one) => one.enter(function_ + 1)));
            } else if (step === 'exit') {
              const tokens = stack.pop();
              if (tokens) {
                writer.exit(tokens[0]);
                whole.writer.exit(tokens[1]);
              }
            } else if (step === 'instant') for (const one of [writer, whole.writer]) one.instant('i', '', 0, '');
            else if (step === 'wait' && waits++ < 3) for (const until = performance.now() + 3; performance.now() < until; );
            else if (step === 'push') drain(short);
          }
          drain(short);
          decoder.data(new Uint8Array(short.end()));
          whole.drain();
          const kept = decoder.calls.map(({ kind }) => kind);
          const open = stack.length;
          expect(kept.filter((kind) => kind === 'enter').length - kept.filter((kind) => kind === 'exit').length).toBe(open);
          expect(decoder.events.filter(({ kind }) => kind === 'instant').length).toBe(whole.decoder.events.filter(({ kind }) => kind === 'instant').length);
          // Each call that is left has lasted long enough, or is open.
          const opened: bigint[] = [];
          for (const { kind, timeNs } of decoder.calls) {
            if (kind === 'enter') opened.push(timeNs);
            else expect(timeNs - (opened.pop() as bigint) >= 2_000_000n).toBe(true);
          }
          expect(decoder.rest).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('go with their arguments and results, and are given when they have lasted long enough', () => {
    const { writer, drain, decoder } = makeRing();
    const short = new ShortCalls(1_000_000_000_000);
    const a = writer.enter(1);
    writer.callArguments('{"x":1}');
    writer.callResult('2');
    writer.exit(a);
    writer.enter(2);
    writer.callArguments('{"y":1}');
    drain(short);
    expect(decoder.calls).toEqual([]);
    decoder.data(new Uint8Array(short.look(process.hrtime.bigint() + 2_000_000_000_000n)));
    expect(decoder.calls.map(({ kind, function: { name }, args }) => [kind, name, args])).toEqual([['enter', 'b', { y: 1 }]]);
  });
});

describe('muted functions', () => {
  const definitions = (): { mutes: FunctionMutes; table: Uint8Array; load: () => void } => {
    const { reader, functions } = makeRing();
    const mutes = new FunctionMutes();
    const { definitions: slice } = reader.next();
    return { mutes, table: functions, load: () => mutes.take(0, functions, Buffer.concat(slice.pieces)) };
  };

  it('are found by file, name and line; a later rule goes before an earlier one', () => {
    const { mutes, table, load } = definitions();
    load();
    mutes.set([{ file: '/file.js' }], true);
    expect([...table.slice(1, 5)]).toEqual([2, 2, 2, 2]);
    mutes.set([{ file: '/file.js', name: 'b' }, { file: '/file.js', line: 3 }, { file: '/other.js' }], false);
    expect([...table.slice(1, 5)]).toEqual([2, 1, 1, 2]);
    expect(mutes.count).toBe(2);
    mutes.set([{ file: '/file.js' }], false);
    expect([mutes.count, ...table.slice(1, 5)]).toEqual([0, 1, 1, 1, 1]);
  });

  it('may be named before they are loaded', () => {
    const { mutes, table, load } = definitions();
    mutes.set([{ file: '/file.js' }], true);
    mutes.set([{ file: '/file.js', name: 'c' }], false);
    load();
    expect([...table.slice(1, 5)]).toEqual([2, 2, 1, 2]);
  });
});

describe('chosen files', () => {
  const chosen = (options: Partial<typeof DEFAULT_CAPTURE>): ChosenFiles => new ChosenFiles({ ...DEFAULT_CAPTURE, ...options }, '/tracer', fileGlobs, '/code');

  it('are the script’s own, and packages that are named', () => {
    const files = [
      '/code/a.js',
      '/elsewhere/b.js',
      '/code/node_modules/express/lib/index.js',
      '/code/node_modules/@scope/name/i.js',
      '/code/node_modules/a/node_modules/b/i.js',
      '/tracer/tracer.cjs',
    ];
    const of = (packages: string[]): string[] => files.filter((file) => chosen({ packages }).has(file)).map((file) => path.basename(path.dirname(file)));
    expect(of([])).toEqual(['code', 'elsewhere']);
    expect(of(['express', '@scope/name', 'b'])).toEqual(['code', 'elsewhere', 'lib', 'name', 'b']);
    expect(of(['*'])).toEqual(['code', 'elsewhere', 'lib', 'name', 'b']);
  });

  it('are never the API, whichever copy of it a script finds; a file of such a name in another package is one like others', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'chosen-files-'));
    try {
      const isChosen = ['trace-studio', 'something-else'].map((name) => {
        writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0' }, undefined, 2));
        return ['api.cjs', 'api.mjs'].map((file) => chosen({}).has(path.join(folder, 'dist', 'tracer', file)));
      });
      expect(isChosen).toEqual([
        [false, false],
        [true, true],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are those that globs and folders leave', () => {
    const files = ['/code/src/a.js', '/code/src/deep/b.js', '/code/src/.hidden/c.js', '/code/lib/d.js', '/code/e.js', '/other/f.js'];
    const of = (include: string[], exclude: string[] = []): string[] =>
      files.filter((file) => chosen({ include, exclude }).has(file)).map((file) => path.basename(file, '.js'));
    expect(of(['src'])).toEqual(['a', 'b', 'c']);
    expect(of(['./src/'], ['**/b.js'])).toEqual(['a', 'c']);
    expect(of(['src/*.js', 'lib/**'])).toEqual(['a', 'd']);
    expect(of(['/other'])).toEqual(['f']);
    expect(of(['.'])).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(of([], ['src', 'e.js'])).toEqual(['d', 'f']);
    expect(of(['{lib,src}/**/*.js'])).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('the cache of instrumented files', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-cache-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = { code: 'f(\x01) // ä🚀', reason: '', groups: [{ file: '/a.ts', count: 1, lines: '1 1 0 f' }], leftAlone: ['one'], read: [] };

  it('gives back what was put in, for the same source and make only', () => {
    const cache = new FileCache(folder, 'make');
    const key = cache.keyOf('/a.js', 'module');
    for (const source of ['source', 'sœurce', '', 'ÿ\0']) {
      expect(cache.read(key, source)).toBeUndefined();
      cache.write(key, source, file);
      expect(cache.read(key, source)).toEqual(file);
      expect(cache.read(key, `${source}!`)).toBeUndefined();
    }
    const narrow = { ...file, code: 'é', groups: [] };
    cache.write(key, 'source', narrow);
    expect(cache.read(key, 'source')).toEqual(narrow);
    for (const other of [cache.keyOf('/b.js', 'module'), cache.keyOf('/a.js', 'commonjs'), new FileCache(folder, 'other').keyOf('/a.js', 'module')])
      expect(cache.read(other, 'source')).toBeUndefined();
  });

  it('takes no entry that was damaged, cut, or made from a map that has changed', () => {
    const cache = new FileCache(folder, 'damage');
    const key = cache.keyOf('/a.js', 'module');
    const entry = path.join(folder, key.slice(0, 2), key);
    cache.write(key, 'source', file);
    const whole = readFileSync(entry);
    for (const bytes of [
      whole.subarray(0, -3),
      whole.subarray(0, 10),
      Buffer.alloc(0),
      Buffer.concat([whole, Buffer.from('x')]),
      Buffer.from('{"format":1}\n'),
      Buffer.from('{"format":3,"parts":[1],"groups":[]}\n1'),
    ]) {
      writeFileSync(entry, bytes);
      expect(cache.read(key, 'source')).toBeUndefined();
    }
    const beside = path.join(folder, 'beside.map');
    writeFileSync(beside, '1');
    cache.write(key, 'source', { ...file, read: [beside, path.join(folder, 'not-there')] });
    expect(cache.read(key, 'source')?.code).toBe(file.code);
    writeFileSync(beside, '22');
    expect(cache.read(key, 'source')).toBeUndefined();
  });

  it('leaves nothing half-written, and does without a folder', () => {
    const cache = new FileCache(folder, 'whole');
    for (let i = 0; i < 120; i++) cache.write(cache.keyOf(`/${i}.js`, 'module'), 'source', file);
    expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\d+-\d+$/.test(name))).toEqual([]);
    const none = new FileCache(undefined, 'none');
    none.write('key', 'source', file);
    expect(none.read('key', 'source')).toBeUndefined();
    writeFileSync(path.join(folder, 'a file'), '');
    const refused = new FileCache(path.join(folder, 'a file/in it'), 'refused');
    refused.write(refused.keyOf('b', 'module'), 'source', file);
  });

  it('tells texts apart', () => {
    const hashes = new Set(Array.from({ length: 20_000 }, (_, i) => textHash(`const a = ${i};`)));
    expect(hashes.size).toBe(20_000);
  });
});
