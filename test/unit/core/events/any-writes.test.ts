/** Whatever is written in whatever order, what was logged is what the object held then. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VizCounter } from '../../../../core/events/viz-counter.ts';
import { VizObject } from '../../../../core/events/viz-object.ts';
import { SnapshotFlag } from '../../../../core/protocol/records.ts';
import { ArrayRecorder } from './array-recorder.ts';

type Step =
  | { readonly do: 'write' | 'define'; readonly key: string; readonly value: unknown }
  | { readonly do: 'delete'; readonly key: string }
  | { readonly do: 'include' | 'exclude'; readonly keys: readonly string[] }
  | { readonly do: 'gap' | 'log' | 'stop' | 'start' };

const key = fc.constantFrom('a', 'b', 'c', '_p', 'log');
const steps = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof<fc.Arbitrary<Step>[]>(
      { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('write' as const, 'define' as const), key, value }) } as never,
      { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) } as never,
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('include' as const, 'exclude' as const), keys: fc.array(key, { maxLength: 3 }) }) } as never,
      { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('gap' as const, 'log' as const, 'stop' as const, 'start' as const) }) } as never,
    ),
    { maxLength: 40 },
  );

/** What the rules say, said anew: a plain object, two lists and a switch. */
class Model {
  readonly held: Record<string, unknown> = {};
  include: readonly string[] = [];
  exclude: readonly string[] = [];
  enabled = true;

  triggers(name: string): boolean {
    if (name.startsWith('_')) return false;
    return this.include.length > 0 ? this.include.includes(name) : !this.exclude.includes(name);
  }
  content(): Record<string, unknown> {
    const names = Object.keys(this.held).filter((name) => (this.include.length > 0 ? this.include.includes(name) : this.triggers(name)));
    return structuredClone(Object.fromEntries(names.map((name) => [name, this.held[name]])));
  }
}

/** Runs the steps on the event and the model. The contents that had to be logged. */
function play(event: VizCounter | VizObject, tracer: { enabled: boolean; recorder: ArrayRecorder }, all: readonly Step[]): unknown[] {
  const model = new Model();
  const logged: unknown[] = [];
  const log = (): void => {
    if (tracer.enabled) logged.push(model.content());
  };
  for (const step of all) {
    switch (step.do) {
      case 'write':
      case 'define':
        model.held[step.key] = step.value;
        if (step.do === 'write') event[step.key] = step.value;
        else Object.defineProperty(event, step.key, { value: step.value, writable: true, enumerable: true, configurable: true });
        if (model.triggers(step.key)) log();
        break;
      case 'delete':
        delete model.held[step.key];
        delete event[step.key];
        break;
      case 'include':
      case 'exclude':
        model[step.do] = step.keys;
        event._viztracer_set_config(`${step.do}_attributes`, step.keys);
        break;
      case 'gap':
        tracer.recorder.gaps++;
        break;
      case 'log':
        event._viztracer_log();
        log();
        break;
      default:
        tracer.enabled = step.do === 'start';
    }
  }
  return logged;
}

it('a counter', () => {
  fc.assert(
    fc.property(steps(fc.integer()), (all) => {
      const tracer = { enabled: true, recorder: new ArrayRecorder() };
      const logged = play(new VizCounter(tracer, 'c'), tracer, all);
      expect(tracer.recorder.take()).toEqual(logged);
    }),
    { numRuns: 500 },
  );
});

it('an object, put together from what had changed', () => {
  const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer(), { maxLength: 3 }));
  fc.assert(
    fc.property(steps(value), (all) => {
      const tracer = { enabled: true, recorder: new ArrayRecorder() };
      tracer.recorder.maskSecrets = false;
      const logged = play(new VizObject(tracer, 'o'), tracer, all);
      let state: Record<string, unknown> = {};
      const seen = tracer.recorder.events.flatMap(([kind, flags, changes]) => {
        if (kind !== 'snapshot') return [];
        state = flags === SnapshotFlag.KEYFRAME ? {} : { ...state };
        for (const [name, changed] of Object.entries(changes as object)) {
          if (changed === undefined) delete state[name];
          else state[name] = changed;
        }
        return [state];
      });
      expect(seen).toEqual(logged);
    }),
    { numRuns: 500 },
  );
});
