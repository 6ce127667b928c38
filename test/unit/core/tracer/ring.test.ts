import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TracedEvent } from '../../../integration/tracer/decode-stream.ts';
import { makeRing, RING_BYTES } from './make-ring.ts';

type Step =
  | { readonly do: 'counter'; readonly values: readonly number[] }
  | { readonly do: 'instant'; readonly name: string; readonly size: number }
  | { readonly do: 'drain' };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('counter' as const), values: fc.array(fc.double({ noDefaultInfinity: true }), { maxLength: 20 }) }),
  fc.record({ do: fc.constant('instant' as const), name: fc.string({ unit: 'binary', maxLength: 30 }), size: fc.nat(5000) }),
  fc.constant({ do: 'drain' as const }),
);

const brief = (event: TracedEvent): unknown =>
  event.kind === 'counter' ? Object.values(event.values) : event.kind === 'instant' ? [event.name, event.args] : event.kind;

describe('a ring', () => {
  it('gives what was written in its order, around its end, and counts exactly what it lost', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 200 }), (steps) => {
        const { writer, drain, decoder, reader } = makeRing();
        const written: unknown[] = [];
        for (const one of steps) {
          if (one.do === 'drain') drain();
          else if (one.do === 'counter') {
            const definition = writer.defineCounter(
              'c',
              one.values.map((_, i) => `s${i}`),
            );
            writer.counter(definition, Float64Array.from(one.values), one.values.length);
            written.push(one.values);
          } else {
            const args = { text: 'x'.repeat(one.size) };
            writer.instant(one.name, '', 0, JSON.stringify(args));
            written.push([one.name, args]);
          }
        }
        drain();
        // Room was made: what the ring still has to say of losses comes with the next record.
        writer.instant('last', '', 0, '');
        written.push(['last', undefined]);
        drain();
        expect(decoder.rest).toBe(0);
        const events = decoder.events.filter((event) => event.kind !== 'gap' && event.kind !== 'stall').map(brief);
        const lost = decoder.events.reduce((sum, event) => sum + (event.kind === 'gap' ? event.lost : 0), 0);
        expect(events.length + lost).toBe(written.length);
        expect(reader.changedStats()?.dropped ?? 0).toBe(lost);
        // What is left is what was written, with the lost ones missing.
        let at = 0;
        for (const event of events) {
          while (at < written.length && JSON.stringify(written[at]) !== JSON.stringify(event)) at++;
          expect(written[at++]).toEqual(event);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what is larger than a quarter of it', () => {
    const { writer, drain, decoder } = makeRing();
    writer.instant('large', '', 0, JSON.stringify({ text: 'x'.repeat(RING_BYTES / 4) }));
    writer.instant('small', '', 0, '');
    drain();
    expect(decoder.events.map((event) => (event.kind === 'gap' ? [event.lost, event.reason] : brief(event)))).toEqual([
      [1, 3],
      ['small', undefined],
    ]);
  });

  it('takes snapshots of any shape', () => {
    const { writer, drain, decoder } = makeRing();
    const object = writer.defineObject('o', 'O');
    const keys = Array.from({ length: 600 }, (_, i) => `k${i}`);
    writer.objectCreated(object);
    writer.objectSnapshot(
      object,
      1,
      keys,
      keys.map((key) => JSON.stringify(`${key}ä🚀`)),
    );
    writer.objectSnapshot(
      object,
      0,
      keys,
      keys.map((_, i) => (i === 599 ? '{"a":1}' : undefined)),
    );
    drain();
    const states = decoder.events.flatMap((event) => (event.kind === 'snapshot' ? [event.state] : []));
    expect(states).toEqual([Object.fromEntries(keys.map((key) => [key, `${key}ä🚀`])), { k599: { a: 1 } }]);
  });

  it('keeps whole definitions of any number of names', () => {
    const { writer, drain, decoder } = makeRing();
    for (let i = 0; i < 20_000; i++) {
      writer.instant(`name ${i}`, '', 0, '');
      if (i % 500 === 0) drain();
    }
    drain();
    expect(decoder.events.map((event) => event.kind === 'instant' && event.name)).toEqual(Array.from({ length: 20_000 }, (_, i) => `name ${i}`));
  });

  it('cuts a name of more than 64 kB at a character', () => {
    const { writer, drain, decoder } = makeRing();
    writer.instant('🚀'.repeat(20_000), '', 0, '');
    drain();
    const [event] = decoder.events;
    expect(event?.kind === 'instant' && /^(?:🚀){16383}…$/u.test(event.name)).toBe(true);
  });

  it('makes gaps of infinities', () => {
    const { writer, drain, decoder } = makeRing();
    writer.counter(writer.defineCounter('c', ['a', 'b', 'c']), Float64Array.of(1, Number.POSITIVE_INFINITY, Number.NaN), 3);
    drain();
    expect(decoder.events.map(brief)).toEqual([[1, Number.NaN, Number.NaN]]);
  });
});
