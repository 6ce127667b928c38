import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallFrame, CpuProfile } from '../../../../../core/tracer/sampling/cpu-profile.ts';
import { SampledCalls } from '../../../../../core/tracer/sampling/sampled-calls.ts';

const frame = (functionName: string, scriptId = '7'): CallFrame => ({ functionName, scriptId, url: 'file:///a.js', lineNumber: 1, columnNumber: 1 });
const PSEUDO = ['(idle)', '(program)', '(garbage collector)'];

/** A profile whose samples have these stacks, written `a>b`, one every 10 µs from `startTime`. */
function profileOf(stacks: readonly string[], startTime = 0): CpuProfile {
  const nodes = [{ id: 1, callFrame: frame('(root)', '0'), children: [] as number[] }];
  const byPath = new Map([['', 1]]);
  const idOf = (path: string): number => {
    const known = byPath.get(path);
    if (known !== undefined) return known;
    const at = path.lastIndexOf('>');
    const parent = idOf(at < 0 ? '' : path.slice(0, at));
    const name = path.slice(at + 1);
    const id = nodes.length + 1;
    nodes.push({ id, callFrame: frame(name, PSEUDO.includes(name) ? '0' : '7'), children: [] });
    nodes[parent - 1]?.children.push(id);
    byPath.set(path, id);
    return id;
  };
  const samples = stacks.map(idOf);
  return { nodes, samples, timeDeltas: samples.map((_, i) => (i === 0 ? 0 : 10)), startTime, endTime: startTime + 10 * Math.max(0, samples.length - 1) };
}

/** Writes calls down as `0 +a` and `10 -a`, and holds them against what calls have to be. */
class Written {
  readonly lines: string[] = [];
  readonly ids: string[] = ['left out'];
  readonly #open: number[] = [];
  #last = Number.NEGATIVE_INFINITY;
  readonly calls: SampledCalls;

  constructor(maxDepth?: number) {
    const sink = { enter: (time: number, id: number) => this.#write(time, id, '+'), exit: (time: number, id: number) => this.#write(time, id, '-') };
    this.calls = new SampledCalls(sink, ({ functionName }) => (functionName.startsWith('tracer') ? 0 : this.#id(functionName)), maxDepth);
  }

  #id(name: string): number {
    if (!this.ids.includes(name)) this.ids.push(name);
    return this.ids.indexOf(name);
  }

  #write(time: number, id: number, sign: '+' | '-'): void {
    expect(time).toBeGreaterThanOrEqual(this.#last);
    this.#last = time;
    if (sign === '+') this.#open.push(id);
    else expect(this.#open.pop()).toBe(id);
    this.lines.push(`${time} ${sign}${this.ids[id]}`);
  }

  get open(): number {
    return this.#open.length;
  }
}

const linesOf = (...profiles: readonly CpuProfile[]): string[] => {
  const written = new Written();
  for (const profile of profiles) written.calls.add(profile);
  written.calls.end(profiles.at(-1)?.endTime ?? 0);
  return written.lines;
};

describe('calls of samples', () => {
  it('begin and end where two samples differ', () => {
    expect(linesOf(profileOf(['a>b', 'a>b', 'a>c', 'a']))).toEqual(['0 +a', '0 +b', '20 -b', '20 +c', '30 -c', '30 -a']);
  });

  it('go on over a garbage collection, which lies on top of them', () => {
    expect(linesOf(profileOf(['a>b', '(garbage collector)', '(garbage collector)', 'a>b']))).toEqual([
      '0 +a',
      '0 +b',
      '10 +(garbage collector)',
      '30 -(garbage collector)',
      '30 -b',
      '30 -a',
    ]);
  });

  it('go on over a glance outside of JavaScript in their midst, and end where nothing of them comes back', () => {
    expect(linesOf(profileOf(['a>b', '(program)', 'a>b']))).toEqual(['0 +a', '0 +b', '20 -b', '20 -a']);
    expect(linesOf(profileOf(['a', '(program)', 'c']))).toEqual(['0 +a', '10 -a', '10 +(program)', '20 -(program)', '20 +c', '20 -c']);
  });

  it('leave out the tracer, and the moment in which profiles change', () => {
    expect(linesOf(profileOf(['a>tracer hook>b', 'a>traceStudioSwap>profileEnd', 'a>tracer hook>b']))).toEqual(['0 +a', '0 +b', '20 -b', '20 -a']);
  });

  it('leave out what is deeper than the limit: it goes on as its caller', () => {
    const written = new Written(2);
    written.calls.add(profileOf(['a>tracer hook>b>c', 'a>b>d', 'a>e>c', '(garbage collector)', 'a>e']));
    written.calls.end(50);
    expect(written.lines).toEqual(['0 +a', '0 +b', '20 -b', '20 +e', '30 +(garbage collector)', '40 -(garbage collector)', '50 -e', '50 -a']);
  });

  it('count a sample once that is in two profiles', () => {
    expect(linesOf(profileOf(['a', 'a', 'b']), profileOf(['a', 'b', 'c'], 10))).toEqual(linesOf(profileOf(['a', 'a', 'b', 'c'])));
  });

  it('end where nobody looked', () => {
    const written = new Written();
    written.calls.add(profileOf(['a>b', 'a>b']));
    const blind = written.ids.push('(not sampled)') - 1;
    written.calls.blind(10, 100, blind);
    written.calls.add(profileOf(['a>b'], 100));
    expect(written.lines).toEqual(['0 +a', '0 +b', '10 -b', '10 -a', '10 +(not sampled)', '100 -(not sampled)']);
    written.calls.add(profileOf(['a>b'], 101));
    expect(written.lines.slice(-2)).toEqual(['101 +a', '101 +b']);
  });

  it('nest, and their times never go back, whatever is sampled', () => {
    const stack = fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.constantFrom('a', 'b', 'c', 'tracer x', 'traceStudioSwap'), { maxLength: 6 }).map((names) => names.join('>')) },
      { weight: 1, arbitrary: fc.constantFrom(...PSEUDO) },
    );
    const profiles = fc.array(fc.tuple(fc.array(stack, { maxLength: 20 }), fc.nat(300)), { maxLength: 6 });
    fc.assert(
      fc.property(profiles, (all) => {
        const written = new Written();
        for (const [stacks, start] of all) written.calls.add(profileOf(stacks, start));
        written.calls.end(0);
        expect(written.open).toBe(0);
      }),
    );
  });

  it('survive a profile that makes no sense', () => {
    const node = { id: 1, callFrame: frame('a'), children: [1, 2] };
    const written = new Written();
    written.calls.add({ nodes: [node, { ...node, id: 2, children: [1] }], samples: [1, 2, 99], timeDeltas: [], startTime: 5, endTime: 0 });
    written.calls.end(0);
    expect(written.open).toBe(0);
  });
});
