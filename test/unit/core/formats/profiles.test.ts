import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollapsedExport } from '../../../../core/formats/collapsed-writer.ts';
import { CpuProfileExport } from '../../../../core/formats/cpu-profile-writer.ts';
import { statisticsOf } from '../../../../core/formats/slice-statistics.ts';
import { SpeedscopeExport } from '../../../../core/formats/speedscope-writer.ts';
import { TestRecording } from '../../../helpers/build-recording.ts';
import { type DecodedEvent, decodeRecording } from '../../../helpers/decoded-recording.ts';
import { formatOf, inPieces, recordingFrom, written } from '../../../helpers/formats.ts';

const V8 = path.join(import.meta.dirname, '../../../fixtures/formats/v8');
const file = (name: string): Uint8Array => readFileSync(path.join(V8, name));
const notices = (recording: Uint8Array): (readonly [string | undefined, number])[] =>
  decodeRecording(recording).info.flatMap((line) => (line.kind === 'loss' ? [[line.issue, line.count] as const] : []));
const calls = (recording: Uint8Array): string[] =>
  decodeRecording(recording).events.flatMap(({ kind, name, exit, timeNs }) => (kind === 'call' ? [`${timeNs} ${exit ? '-' : '+'}${name}`] : []));
const selfByName = async (recording: Uint8Array): Promise<Map<string, number>> =>
  new Map((await statisticsOf(inPieces(recording))).flatMap(({ name, selfNs }) => (selfNs === 0 ? [] : [[name, selfNs] as const])));

interface Frame {
  readonly functionName: string;
}

describe('readCpuProfile', () => {
  const profile = JSON.parse(new TextDecoder().decode(file('app.cpuprofile'))) as {
    nodes: { id: number; callFrame: Frame; children?: number[] }[];
    samples: number[];
    timeDeltas: number[];
    startTime: number;
    endTime: number;
  };

  it('gives each function the time of its samples, as JSON.parse tells them', async () => {
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
    let passed = 0;
    const times = profile.timeDeltas.map((delta) => {
      passed += delta;
      return passed;
    });
    // A sample may be handed over behind a later one.
    const order = times.map((_, i) => i).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
    const expected = new Map<string, number>();
    order.forEach((sample, i) => {
      const name = nodes.get(profile.samples[sample] as number)?.callFrame.functionName || '(anonymous)';
      const until = i + 1 < order.length ? (times[order[i + 1] as number] as number) : Math.max(profile.endTime - profile.startTime, times[sample] as number);
      const ns = (until - (times[sample] as number)) * 1000;
      if (name !== '(root)' && ns > 0) expected.set(name, (expected.get(name) ?? 0) + ns);
    });
    const recording = await recordingFrom(file('app.cpuprofile'));
    expect(await selfByName(recording)).toEqual(expected);
    expect(decodeRecording(recording).head.startMonotonicNs).toBe(`${profile.startTime}000`);
    expect(notices(recording)).toEqual([]);
  });

  it('nests calls as the tree of the profile does', async () => {
    const recording = await recordingFrom(
      JSON.stringify({
        samples: [3, 3, 2, 4, 9],
        timeDeltas: [0, 10, 10, 10, 10],
        startTime: 5,
        endTime: 65,
        nodes: [
          { id: 1, callFrame: { functionName: '(root)', url: '', lineNumber: -1, columnNumber: -1 }, children: [2, 4] },
          { id: 2, callFrame: { functionName: 'outer', url: 'file:///a.js', lineNumber: 0, columnNumber: 4 }, children: [3] },
          { id: 3, callFrame: { functionName: '', url: 'file:///a.js', lineNumber: 9, columnNumber: 0 } },
          { id: 4, callFrame: { functionName: '(idle)', url: '', lineNumber: -1, columnNumber: -1 } },
        ],
      }),
    );
    expect(calls(recording)).toEqual(['0 +outer', '0 +(anonymous)', '20000 -(anonymous)', '30000 -outer', '30000 +(idle)', '40000 -(idle)']);
    expect(notices(recording)).toEqual([['unknown-node', 1]]);
    expect(decodeRecording(recording).info).toContainEqual(expect.objectContaining({ kind: 'thread', name: 'CPU profile (sampled)' }));
  });

  it('reads one without samples by how often each node was seen, and one whose nodes tell their parents', async () => {
    const node = (id: number, functionName: string, more: object) => ({ id, callFrame: { functionName, url: '', lineNumber: -1 }, ...more });
    const recording = await recordingFrom(
      JSON.stringify({
        startTime: 0,
        endTime: 100,
        nodes: [node(1, '(root)', {}), node(2, 'a', { parent: 1, hitCount: 1 }), node(3, 'b', { parent: 2, hitCount: 3 })],
      }),
    );
    expect(await selfByName(recording)).toEqual(
      new Map([
        ['a', 25_000],
        ['b', 75_000],
      ]),
    );
  });

  it('gives what is whole of a profile that was cut', async () => {
    const text = JSON.stringify(profile);
    const recording = await recordingFrom(text.slice(0, text.indexOf('"samples"') + 200));
    expect(calls(recording).length).toBeGreaterThan(50);
    expect(notices(recording)).toContainEqual(['cut', 1]);
  });
});

describe('readHeapProfile', () => {
  it('gives each function the bytes that it allocated, one nanosecond each', async () => {
    interface Node {
      readonly callFrame: Frame;
      readonly selfSize: number;
      readonly children: readonly Node[];
    }
    const expected = new Map<string, number>();
    const add = ({ callFrame, selfSize, children }: Node): void => {
      const name = callFrame.functionName || '(anonymous)';
      if (selfSize > 0) expected.set(name, (expected.get(name) ?? 0) + selfSize);
      for (const child of children) add(child);
    };
    add((JSON.parse(new TextDecoder().decode(file('app.heapprofile'))) as { head: Node }).head);
    const recording = await recordingFrom(file('app.heapprofile'));
    expect(await selfByName(recording)).toEqual(expected);
    expect(decodeRecording(recording).info).toContainEqual(expect.objectContaining({ kind: 'thread', name: '1 ns is 1 byte allocated' }));
  });
});

describe('readSpeedscope', () => {
  const shared = { frames: [{ name: 'a', file: '/a.js', line: 3, col: 5 }, { name: 'b' }] };
  const speedscope = (...profiles: readonly object[]): string =>
    JSON.stringify({ version: '1', $schema: 'https://www.speedscope.app/file-format-schema.json', profiles, shared });

  it('reads evented and sampled profiles, each a thread of its own', async () => {
    const recording = await recordingFrom(
      speedscope(
        {
          type: 'evented',
          name: 'first',
          unit: 'milliseconds',
          startValue: 10,
          endValue: 20,
          events: [
            { type: 'O', frame: 0, at: 10 },
            { type: 'O', frame: 1, at: 12 },
            { type: 'C', frame: 1, at: 15 },
            { type: 'C', frame: 0, at: 20 },
          ],
        },
        { type: 'sampled', name: 'second', unit: 'none', startValue: 0, endValue: 4, samples: [[0], [0, 1], []], weights: [1, 2, 1] },
      ),
    );
    expect(calls(recording)).toEqual([...['10000000 +a', '12000000 +b', '15000000 -b', '20000000 -a'], ...['0 +a', '1 +b', '3 -b', '3 -a']]);
    const { info } = decodeRecording(recording);
    expect(info.flatMap((line) => (line.kind === 'thread' ? [line.name] : []))).toEqual(['first', 'second (1 ns is 1 unit)']);
  });

  it('tells what does not fit: closes of what is not open, opens that are never closed, frames that do not exist', async () => {
    const events = [
      { type: 'C', frame: 0, at: 1 },
      { type: 'O', frame: 0, at: 2 },
      { type: 'O', frame: 1, at: 3 },
      { type: 'C', frame: 0, at: 4 },
      { type: 'O', frame: 7, at: 5 },
      { type: 'O', frame: 1, at: 6 },
    ];
    const recording = await recordingFrom(speedscope({ type: 'evented', name: '', unit: 'nanoseconds', startValue: 0, endValue: 9, events }));
    expect(calls(recording)).toEqual(['2 +a', '3 +b', '4 -b', '4 -a', '6 +b', '9 -b']);
    expect(notices(recording)).toEqual([
      ['unknown-frame', 1],
      ['end-without-begin', 1],
      ['mismatched-end', 1],
      ['begin-without-end', 1],
    ]);
  });
});

describe('readCollapsed', () => {
  it('reads lines as stacks that follow each other', async () => {
    const recording = await recordingFrom('main;work;inner 3\r\nmain;work 1\nmain;work 1\n# a comment\nmain;other frame (x) 5\nnot a stack\n', [7]);
    expect(calls(recording)).toEqual([...['0 +main', '0 +work', '0 +inner', '3 -inner', '5 -work', '5 +other frame (x)', '10 -other frame (x)', '10 -main']]);
    expect(notices(recording)).toEqual([['unreadable-line', 1]]);
  });

  it('is told from other text', async () => {
    await expect(formatOf('a;b 1\nc 2\n')).resolves.toBe('collapsed');
    for (const text of ['hello world\nthis is 5\n', 'x 1\ny 2\n', '12;13\n']) await expect(formatOf(text)).rejects.toMatchObject({ code: 'not-a-trace' });
  });
});

/** Calls of two threads, with names and places of all kinds. */
const someCalls = (): fc.Arbitrary<Uint8Array> => {
  const step = fc.record({ thread: fc.nat(1), what: fc.nat(4), after: fc.integer({ min: 1, max: 50 }) });
  return fc.array(step, { minLength: 2, maxLength: 60 }).map((steps) => {
    const recording = new TestRecording();
    const process = recording.process('app', 7);
    const threads = [recording.thread(process, 'main', 0), recording.thread(process, 'worker', 3)].map((stream) => ({
      stream,
      open: [] as number[],
      functions: ['alpha', 'beta;gamma', '<b>', '😀'].map((name, i) => recording.function(stream, name, i % 2 === 0 ? `/src/${i}.js` : '', i, i)),
    }));
    let at = 0;
    for (const { thread, what, after } of steps) {
      at += after * 1000;
      const { stream, open, functions } = threads[thread] as (typeof threads)[number];
      const id = functions[what];
      if (id !== undefined) {
        open.push(id);
        recording.enter(stream, at, id);
      } else if (open.length > 0) recording.exit(stream, at, open.pop() as number);
    }
    for (const { stream, open } of threads) {
      while (open.length > 0) {
        at += 1000;
        recording.exit(stream, at, open.pop() as number);
      }
    }
    return recording.finish();
  });
};

const callsByThread = (recording: Uint8Array): Map<string, string[]> => {
  const threads = new Map<string, string[]>();
  for (const { kind, thread, name, exit, timeNs } of decodeRecording(recording).events as readonly DecodedEvent[]) {
    if (kind === 'call') threads.set(thread, [...(threads.get(thread) ?? []), `${timeNs} ${exit ? '-' : '+'}${name}`]);
  }
  return threads;
};

describe('calls to another format and back', () => {
  it('are the same in speedscope, thread by thread, to the nanosecond', async () => {
    await fc.assert(
      fc.asyncProperty(someCalls(), async (recording) => {
        const { bytes } = await written(SpeedscopeExport, recording);
        fc.pre(callsByThread(recording).size > 0);
        expect(await formatOf(bytes)).toBe('speedscope');
        const back = callsByThread(await recordingFrom(bytes, [997]));
        const own = [...callsByThread(recording).values()];
        // Time 0 of a profile is that of its first call.
        const first = Math.min(...own.flat().map((line) => Number(line.split(' ')[0])));
        const shifted = own.map((lines) => lines.map((line) => line.replace(/^\d+/, (at) => String(Number(at) - first))));
        expect([...back.values()].map(String).sort()).toEqual(shifted.map(String).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('are the same in a CPU profile, of one thread, where times are whole microseconds', async () => {
    await fc.assert(
      fc.asyncProperty(someCalls(), async (recording) => {
        fc.pre(callsByThread(recording).has('7/0'));
        const { bytes } = await written(CpuProfileExport, recording, { thread: 'main' });
        const back = [...callsByThread(await recordingFrom(bytes)).values()][0] ?? [];
        // Time 0 of a profile is that of its first sample.
        const own = callsByThread(recording).get('7/0') ?? [];
        const first = Number(own[0]?.split(' ')[0] ?? 0);
        expect(back).toEqual(own.map((line) => line.replace(/^\d+/, (at) => String(Number(at) - first))));
      }),
      { numRuns: 60 },
    );
  });

  it('are the same in collapsed stacks but for their order: the time of each path', async () => {
    await fc.assert(
      fc.asyncProperty(someCalls(), async (recording) => {
        const { text } = await written(CollapsedExport, recording);
        // Without one stack of two frames it is a list of words with numbers.
        fc.pre(text.includes(';'));
        const paths = (of: Uint8Array): Promise<Map<string, number>> => selfByName(of);
        const back = await paths(await recordingFrom(text));
        const plain = (name: string): string => name.replaceAll(';', ':').replace(/ \(\/src.*\)$/, '');
        const sum = (of: Map<string, number>): Map<string, number> => {
          const summed = new Map<string, number>();
          for (const [name, ns] of of) summed.set(plain(name), (summed.get(plain(name)) ?? 0) + ns);
          return summed;
        };
        expect(sum(back)).toEqual(sum(await paths(recording)));
      }),
      { numRuns: 60 },
    );
  });
});
