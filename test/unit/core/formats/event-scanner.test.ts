/** The scanner in WebAssembly against the plain reader: the same recording to the byte, or the same refusal. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../../../core/base/result.ts';
import { EventScanner, SCANNER_SLACK_BYTES } from '../../../../core/formats/event-scanner.ts';
import { SCAN_SOURCE_SHA256 } from '../../../../core/formats/scan-module.ts';
import { readTraceEvents } from '../../../../core/formats/trace-event-reader.ts';
import { concat } from '../../../helpers/build-recording.ts';
import { encode, inPieces } from '../../../helpers/formats.ts';

vi.setConfig({ testTimeout: 240_000 });
afterEach(() => vi.unstubAllGlobals());

const FIXTURES = path.join(import.meta.dirname, '../../../fixtures/formats/trace-event');

/** A digest of the recording, or the words of the refusal. */
async function outcome(json: Uint8Array, isPlain: boolean, sizes: readonly number[]): Promise<string> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of readTraceEvents(inPieces(json, sizes), { title: 'test', isPlain })) parts.push(part);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.message;
  }
  const bytes = concat(parts);
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
}

async function expectSame(json: string | Uint8Array, sizes: readonly number[] = [65_536]): Promise<void> {
  const bytes = typeof json === 'string' ? encode(json) : json;
  expect(await outcome(bytes, false, sizes)).toBe(await outcome(bytes, true, [65_536]));
}

/** How many events from the begin of a text it takes. */
function taken(text: string): number {
  const scanner = EventScanner.create();
  if (scanner === undefined) return Number.NaN;
  const bytes = encode(text);
  scanner.reserve(bytes.length + SCANNER_SLACK_BYTES).set([...bytes, 0x22]);
  let count = 0;
  for (let run = scanner.scan(0, bytes.length) - 1; run >= 0; run--) count += scanner.countOf(run);
  return count;
}

const call = (rest: string): string => `{"ph":"X","pid":1,"tid":2,"ts":10.5,"dur":3,"name":"f"${rest}}`;

describe('the module', () => {
  it('was made of the source beside it', () => {
    const source = readFileSync(path.join(import.meta.dirname, '../../../../core/formats/scan/trace-event-scan.as'));
    expect(createHash('sha256').update(source).digest('hex'), 'node core/formats/scan/build.mjs').toBe(SCAN_SOURCE_SHA256);
  });

  it('takes calls as tools write them, and stops in front of others', () => {
    expect(taken(`${call('')},\n${call(',"cat":"c","args":{"a": [1, {"b": "x\\n"}]}')}`)).toBe(2);
    // As DevTools has them.
    expect(taken(call(',"tdur":2,"tts":7123'))).toBe(1);
    for (const other of [
      call(',"id":1'),
      call(',"ts":1'),
      call(',"args":{"a":01}'),
      call(',"args":{"$ts":1}'),
      call('').replace('"X"', '"B"'),
      call('').slice(0, -1),
    ]) {
      expect(taken(`${call('')},${other}`), other).toBe(1);
    }
  });
});

describe('with and without the scanner', () => {
  it.each(readdirSync(FIXTURES))('%s gives one recording', async (name) => {
    const file = readFileSync(path.join(FIXTURES, name));
    const json = name.endsWith('.gz') ? gunzipSync(file) : file;
    for (const sizes of [[1 << 20], [4096, 1, 77], [511]]) await expectSame(json, sizes);
    await expectSame(json.subarray(0, Math.floor(json.length * 0.6)), [1000]);
  });

  const space = fc.constantFrom('', '', '', ' ', '\n  ', '\t');
  const number = fc.oneof(
    fc.nat(5000).map(String),
    fc.constantFrom(
      '0',
      '007',
      '-5',
      '1.',
      '.5',
      '1e3',
      '1.0005',
      '1.99951',
      '12.3456789',
      '999999999999999',
      '1234567890123456',
      '99999999999999999999',
      '"12"',
    ),
    fc.tuple(fc.nat(1e6), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
  );
  const name = fc.oneof(
    fc.constantFrom('"f"', '""', '"a\\"b"', '"\\u0066"', '"\\x"', '"Ünïcode €"', '"__proto__"', '"back\\\\"', 'null', '5', '"(one of too many names)"'),
    fc.string({ maxLength: 40, unit: 'binary' }).map((text) => JSON.stringify(text)),
  );
  const leaf = fc.constantFrom(
    '1',
    '-0',
    '0.50',
    '1E+5',
    '01',
    '1.',
    'true',
    'false',
    'null',
    'nul',
    'NaN',
    'Infinity',
    '"a b"',
    '"\\u00e9\\n"',
    '"\\q"',
    '"\u0001"',
    '[]',
    '{}',
  );
  const key = fc.constantFrom('"a"', '"b c"', '"$ts"', '"$t"', '"\\u0024ts"', '""');
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.tuple(space, fc.array(tie('value'), { maxLength: 3 })).map(([gap, list]) => `[${gap}${list.join(`${gap},${gap}`)}${gap}]`),
      fc
        .tuple(space, fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }))
        .map(([gap, list]) => `{${list.map((one) => one.join(`${gap}:${gap}`)).join(`,${gap}`)}${gap}}`),
    ),
  }));
  const object = fc.array(fc.tuple(key, value), { maxLength: 3 }).map((list) => `{${list.map((one) => one.join(':')).join(', ')}}`);
  const members = {
    ph: fc.constantFrom('"X"', '"X"', '"X"', '"X"', '"X"', '"B"', '"E"', '"i"', '"\\u0058"', '"XX"', 'X', '""'),
    pid: fc.oneof(fc.constantFrom('1', '2', '123456', '12345678', '1234567890'), number),
    tid: fc.oneof(fc.constantFrom('1', '1', '12', '"main"'), number),
    ts: number,
    dur: number,
    name,
    cat: name,
    args: fc.oneof({ weight: 3, arbitrary: object }, { weight: 1, arbitrary: value }),
    tts: number,
    tdur: fc.oneof(number, name),
    id: name,
  };
  const usual = ['ph', 'pid', 'tid', 'ts', 'dur', 'name'] as const;
  const event = fc
    .tuple(
      fc.record(members),
      fc.subarray(['cat', 'args', 'cat', 'args', 'tts', 'id', 'dur'] as const),
      fc.subarray([...usual], { minLength: 5 }),
      fc.boolean(),
      space,
      fc.infiniteStream(fc.nat(100)),
    )
    .map(([values, more, some, isWhole, gap, order]) => {
      const keys = [...(isWhole ? usual : some), ...more].map((one) => ({ one, at: order.next().value as number }));
      keys.sort((a, b) => a.at - b.at);
      return `{${keys.map(({ one }) => `"${one}"${gap}:${gap}${values[one]}`).join(`${gap},${gap}`)}${gap}}`;
    });

  it('random events give one recording, wherever pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 }),
        (events, sizes) => expectSame(`[${events.join(',\n')}]`, sizes),
      ),
      { numRuns: 200 },
    );
  });

  it('damaged text gives one recording, or one refusal', async () => {
    const plain = `[${Array.from({ length: 12 }, (_, i) => call(`,"cat":"c","args":{"n":${i},"t":"x y"}`)).join(', ')}]`;
    const damage = fc.tuple(fc.nat(plain.length - 1), fc.nat(6), fc.uint8Array({ maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 400 }), async (damages, size) => {
        let bytes = encode(plain);
        for (const [at, gone, put] of damages) bytes = concat([bytes.slice(0, at), put, bytes.slice(at + gone)]);
        await expectSame(bytes, [size]);
      }),
      { numRuns: 200 },
    );
  });

  it('an event that is not taken in leaves nothing behind', async () => {
    await expectSame(`[${call('').replace('"dur":3', '"dur":999999999999999')},${call('').replace('"tid":2', '"tid":3')}]`);
  });

  it('args at the limits of length and depth are the same', async () => {
    const long = (length: number): string => call(`,"args":{"t":"${'y'.repeat(length)}"}`);
    const deep = (depth: number): string => call(`,"args":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    const lengths = [10, 255_000, 262_000, 262_130, 262_140, 262_150, 300_000, 500_000, 524_280, 524_288, 600_000, 1_100_000];
    // In front of each one others that fill what there is for args.
    const events = lengths.flatMap((length) => [long(250_000), long(250_000), long(250_000), long(length), call('')]);
    await expectSame(`[${[...events, ...[97, 98, 99, 100, 101, 102, 103].map(deep), call('')].join(',')}]`);
    await expectSame(`[${events.join(',')}]`, [100_000, 7]);
  });

  it('more names than are kept, and more than it has room for, are the same', async () => {
    const named = (name: string): string => `{"ph":"X","pid":1,"tid":2,"ts":1,"dur":3,"name":"${name}"}`;
    const short = Array.from({ length: 40_000 }, (_, i) => named(`n${i}`));
    await expectSame(`[${[...short, ...short.slice(32_700, 32_900)].join(',')}]`);
    const long = Array.from({ length: 1200 }, (_, i) => named(`${i}${'z'.repeat(4080)}`));
    await expectSame(`[${[...long, ...long.slice(0, 50), named('z'.repeat(5000))].join(',')}]`);
  });
});

describe('where WebAssembly may not be used', () => {
  it.each([
    ['is not there', undefined],
    [
      'is forbidden by the policy of a page',
      {
        Module: class {
          constructor() {
            throw new Error("Refused to compile WebAssembly because 'wasm-unsafe-eval' is not allowed");
          }
        },
        Instance: class {
          constructor() {
            throw new Error('Refused');
          }
        },
      },
    ],
  ])('and %s, all is read plainly', async (_, stand) => {
    const json = encode(`[${call('')},${call(',"cat":"c"')}]`);
    const expected = await outcome(json, false, [100]);
    vi.stubGlobal('WebAssembly', stand);
    expect(EventScanner.create()).toBeUndefined();
    expect(await outcome(json, false, [100])).toBe(expected);
  });
});
