/**
 * What VizTracer's custom events do, case by case, and what ours do. The names of the tests are the cases, in the order of a
 * description of VizTracer 1.1.1; "differs:" where ours does something else on purpose (the reasons are in core/events/README.md).
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { EventBase } from '../../../../core/events/event-base.ts';
import { triggerlog } from '../../../../core/events/triggerlog.ts';
import { VizCounter } from '../../../../core/events/viz-counter.ts';
import { VizObject } from '../../../../core/events/viz-object.ts';
import { SnapshotFlag } from '../../../../core/protocol/records.ts';
import { ArrayRecorder } from './array-recorder.ts';

let recorder: ArrayRecorder;
let tracer: { enabled: boolean; recorder: ArrayRecorder };
beforeEach(() => {
  recorder = new ArrayRecorder();
  tracer = { enabled: true, recorder };
});
const names = (): unknown[] => recorder.events.map((event) => event[1]);

describe('construction', () => {
  it('differs: a name that is not given is the class name, the subclass’s own, for counters and objects (there: empty, or required)', () => {
    class Queue extends VizCounter {}
    class Cart extends VizObject {}
    new VizCounter(tracer).a = 1;
    new Queue(tracer).a = 1;
    new VizObject(tracer, null);
    new Cart(tracer, undefined);
    expect(names()).toEqual(['VizCounter', 'Queue', 'VizObject', 'Cart']);
  });

  it('behind super(…) this is the object that new gives', () => {
    const seen: unknown[] = [];
    class Queue extends VizCounter {
      constructor() {
        super(tracer);
        seen.push(this);
      }
    }
    const queue = new Queue();
    expect(queue).toBe(seen[0]);
  });

  it('takes the name of the nearest named class where a class has none', () => {
    new (class extends VizCounter {})(tracer).a = 1;
    expect(names()).toEqual(['VizCounter']);
  });

  it('takes whatever is given as name as text', () => {
    new VizCounter(tracer, '').a = 1;
    new VizCounter(tracer, 7 as unknown as string).a = 1;
    expect(names()).toEqual(['', '7']);
  });

  it('the tracer comes first; null and undefined are no tracer', () => {
    for (const none of [null, undefined]) {
      const counter = new VizCounter(none, 'c');
      const object = new VizObject(none, 'o');
      counter.a = 'not even checked';
      object.a = 1;
      counter.log();
      counter.config('trigger_on_change', false);
      counter._viztracer_set_config('nothing', 1);
      object._viztracer_log();
      object.dispose();
      expect([Object.getOwnPropertyDescriptor(counter, 'a'), Reflect.ownKeys(counter), JSON.stringify(object)]).toEqual([
        { value: 'not even checked', writable: true, enumerable: true, configurable: true },
        ['a'],
        '{"a":1}',
      ]);
    }
  });

  it('no tracer, no proxy: structuredClone works', () => {
    const nobody = Object.assign(new VizCounter(null, 'c'), { a: 1 });
    expect(structuredClone(nobody)).toEqual({ a: 1 });
    expect(() => structuredClone(new VizCounter(tracer, 'c'))).toThrow();
  });

  it.each([
    ['trigger_on_change', 'triggerOnChange', false],
    ['include_attributes', 'includeAttributes', ['a']],
    ['exclude_attributes', 'excludeAttributes', ['b']],
  ])('option %s is taken as %s, too', (snake, camel, value) => {
    const record = (options: object): unknown[] => {
      const counter = new VizCounter(tracer, 'c', options);
      counter.a = 1;
      counter.b = 2;
      counter.log();
      return recorder.take();
    };
    const [bySnake, byCamel, byNone] = [record({ [snake]: value }), record({ [camel]: value }), record({})];
    expect(bySnake).toEqual(byCamel);
    expect(bySnake).not.toEqual(byNone);
  });

  it.each([VizCounter, VizObject, EventBase])('differs: an unknown option of %s is a TypeError that names the known ones (there: ignored)', (type) => {
    for (const given of [tracer, null]) {
      const make = () => new (type as typeof VizCounter)(given, 'e', { trigger_on_chnage: false } as object);
      expect(make).toThrow(TypeError);
      expect(make).toThrow(/has no option "trigger_on_chnage"; its options are triggerOnChange, includeAttributes, excludeAttributes/);
    }
  });

  it('differs: a list option is copied, and has to be a list (there: shared, and a text is searched for parts)', () => {
    const list = ['a'];
    const counter = new VizCounter(tracer, 'c', { excludeAttributes: list });
    list.push('b');
    counter.b = 1;
    expect(recorder.take()).toEqual([{ b: 1 }]);
    expect(() => new VizCounter(tracer, 'c', { includeAttributes: 'ab' as never })).toThrow('includeAttributes has to be a list of names, not "ab"');
    expect(() => counter.config('exclude_attributes', 5)).toThrow('excludeAttributes has to be a list of names, not 5');
  });

  it.each<[string, unknown[], string]>([
    ['a name without a tracer', ['queue'], 'takes a tracer first, as getTracer() gives it, or null for none; it was given the text "queue"'],
    ['a function as tracer', [function getTracer() {}], 'takes a tracer first, as getTracer() gives it, or null for none; it was given the function getTracer'],
    ['an object that is no tracer', [{}, 'q'], 'takes a tracer first, as getTracer() gives it, or null for none; it was given an object that is none'],
    ['a number as tracer', [0], 'takes a tracer first, as getTracer() gives it, or null for none; it was given 0'],
    ['options as name', [null, { triggerOnChange: false }], 'takes a name second, as a text, and options third; as name it was given an object that is none'],
    ['a number as options', [null, 'q', 5], 'are an object, third, behind tracer and name; it was given 5'],
    ['true as options', [null, 'q', true], 'are an object, third, behind tracer and name; it was given true'],
    ['a text as options', [null, 'q', 'x'], 'are an object, third, behind tracer and name; it was given the text "x"'],
    ['a function as options', [null, 'q', () => {}], 'are an object, third, behind tracer and name; it was given the function'],
    ['a list as options', [null, 'q', ['a']], 'are an object, third, behind tracer and name; it was given a list'],
  ])('differs: %s is a TypeError, also without a tracer (there: fails later, or never)', (_, given, message) => {
    for (const type of [VizCounter, VizObject, EventBase]) {
      const make = () => Reflect.construct(type, given);
      expect(make).toThrow(TypeError);
      expect(make).toThrow(message);
      expect(make).toThrow(type.name);
    }
  });

  it('VizCounter() is a TypeError; differs: new VizCounter() is one without a tracer', () => {
    expect(() => Reflect.apply(VizCounter as never, undefined, [])).toThrow(TypeError);
    const nobody = Reflect.construct(VizCounter, []) as VizCounter;
    nobody.a = 'not even checked' as never;
    expect(Reflect.ownKeys(nobody)).toEqual(['a']);
  });

  it('differs: options come third, as an object (there: a third positional argument is a TypeError, options go by keyword)', () => {
    const counter = new VizCounter(tracer, 'c', { trigger_on_change: false });
    counter.a = 1;
    expect(recorder.take()).toEqual([]);
  });

  it('an option that is undefined was not given', () => {
    const counter = new VizCounter(tracer, 'c', { triggerOnChange: undefined, includeAttributes: undefined } as object);
    counter.a = 1;
    expect(recorder.take()).toEqual([{ a: 1 }]);
  });

  it('an object is created at once, and its snapshots are of the same object', () => {
    const object = new VizObject(tracer, 'o');
    expect(recorder.take()).toEqual(['created']);
    object.a = 1;
    object.dispose();
    expect(recorder.take()).toEqual([{ a: 1 }, 'deleted']);
  });

  it('the base class can be constructed, but not log', () => {
    const base = new EventBase(tracer, 'b') as EventBase & { a: number; _b: number };
    base._b = 1;
    const message = 'You should not use _EventBase class directly';
    expect(() => base.log()).toThrow(message);
    expect(() => base._viztracer_log()).toThrow(message);
    expect(() => {
      base.a = 1;
    }).toThrow(message);
    expect(base.a).toBe(1);
  });

  it('a subclass calls the base constructor first: the language sees to it', () => {
    class Early extends VizCounter {
      // biome-ignore lint/correctness/noUnreachableSuper: what is tested
      constructor() {
        // @ts-expect-error what is tested
        this.a = 1;
        super(tracer);
      }
    }
    expect(() => new Early()).toThrow(ReferenceError);
  });
});

describe('what triggers a log', () => {
  it('every write, after the value is stored, also of the same value', () => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    counter.a = 1;
    counter.a++;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 1 }, { a: 2 }]);
  });

  it('rule 1: an include list alone decides, the exclude list is not looked at', () => {
    const counter = new VizCounter(tracer, 'c', { includeAttributes: ['a'], excludeAttributes: ['a'] });
    counter.a = 1;
    counter.b = 2;
    expect(recorder.take()).toEqual([{ a: 1 }]);
  });

  it('rule 2: an exclude list leaves out, for trigger and content', () => {
    const counter = new VizCounter(tracer, 'c', { excludeAttributes: ['b'] });
    counter.b = 'text is fine here';
    counter.a = 1;
    expect(recorder.take()).toEqual([{ a: 1 }]);
  });

  it('rule 3: without lists every public attribute logs', () => {
    const object = new VizObject(tracer, 'o');
    object.a = 1;
    object.b = 2;
    expect(recorder.take()).toEqual(['created', { a: 1 }, { b: 2 }]);
  });

  it('deleting an attribute never logs; later events lack it', () => {
    const counter = Object.assign(new VizCounter(tracer, 'c'), { a: 1, b: 2 });
    recorder.take();
    delete (counter as { a?: number }).a;
    expect(recorder.take()).toEqual([]);
    counter.b = 3;
    expect(recorder.take()).toEqual([{ b: 3 }]);
  });

  it('a change inside of a value never logs', () => {
    const object = new VizObject(tracer, 'o');
    object.list = [1];
    recorder.take();
    object.list.push(2);
    expect(recorder.take()).toEqual([]);
    object.log();
    expect(recorder.take()).toEqual([{ list: [1, 2] }]);
  });

  it('differs: a setter of the class runs, also when it uses #private (there: bypassed)', () => {
    class Gauge extends VizCounter {
      #celsius = 0;
      get celsius(): number {
        return this.#celsius;
      }
      set celsius(value: number) {
        this.#celsius = Math.round(value);
      }
    }
    const gauge = new Gauge(tracer, 'g');
    gauge.celsius = 20.6;
    expect(recorder.take()).toEqual([{ celsius: 21 }]);
  });

  it('a setter under a symbol finds its #private, and logs nothing', () => {
    const key = Symbol('key');
    class Keyed extends VizCounter {
      #value = 0;
      get [key](): number {
        return this.#value;
      }
      set [key](value: number) {
        this.#value = value;
      }
    }
    const keyed = new Keyed(tracer, 'k');
    keyed[key] = 4;
    expect([keyed[key], recorder.take()]).toEqual([4, []]);
  });

  it('an accessor without a setter refuses, as on any object', () => {
    class Fixed extends VizCounter {
      get a(): number {
        return 1;
      }
    }
    expect(() => Object.assign(new Fixed(tracer), { a: 2 })).toThrow(TypeError);
    expect(recorder.take()).toEqual([]);
  });

  it('private names never trigger, even when listed; listed they are in the content', () => {
    const counter = new VizCounter(tracer, 'c', { includeAttributes: ['_p', 'a'] });
    counter._p = 1;
    counter._p = 2;
    expect(recorder.take()).toEqual([]);
    counter.a = 3;
    counter._p = 4;
    counter.log();
    expect(recorder.take()).toEqual([
      { _p: 2, a: 3 },
      { _p: 4, a: 3 },
    ]);
  });

  it('#private fields never trigger and are in no log', () => {
    class Hidden extends VizObject {
      #secret = 1;
      shown = 2;
      bump(): number {
        return ++this.#secret;
      }
    }
    const hidden = new Hidden(tracer, 'h');
    expect(hidden.bump()).toBe(2);
    expect(recorder.take()).toEqual(['created', { shown: 2 }]);
  });

  it('fields with define semantics log as they are made, and when they are written', () => {
    class Fields extends VizCounter {
      a = 1;
      b = 2;
    }
    new Fields(tracer).b = 3;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 1, b: 2 }, { a: 1, b: 3 }]);
  });

  it('fields with assign semantics do the same', () => {
    // What compilers make of fields where `useDefineForClassFields` is false.
    class Fields extends VizCounter {
      constructor(given: typeof tracer) {
        super(given);
        this.a = 1;
        this.b = 2;
      }
    }
    new Fields(tracer).b = 3;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 1, b: 2 }, { a: 1, b: 3 }]);
  });

  it.each<[string, (event: object) => void]>([
    ['define semantics', (event) => Object.defineProperty(event, 'a', { value: undefined, enumerable: true, configurable: true, writable: true })],
    ['the assignment that esbuild makes of it', (event) => Object.assign(event, { a: undefined })],
  ])('a field that is only declared is no event and no error: %s', (_, declare) => {
    const counter = new VizCounter(tracer, 'c');
    const object = new VizObject(tracer, 'o');
    for (const event of [counter, object]) declare(event);
    expect(recorder.take()).toEqual(['created']);
    counter.a = 1;
    expect(recorder.take()).toEqual([{ a: 1 }]);
    expect(() => Object.assign(counter, { a: undefined })).toThrow('Counter can only take numeric values');
    object.b = 1;
    expect(recorder.take()).toEqual([{ a: { $ts: 'undefined' }, b: 1 }]);
  });

  it('a write through an object that inherits from it is that object’s own', () => {
    const counter = Object.assign(new VizCounter(tracer, 'c'), { a: 1 });
    recorder.take();
    const heir = Object.create(counter) as typeof counter;
    heir.a = 2;
    expect([counter.a, heir.a, recorder.take()]).toEqual([1, 2, []]);
    heir.log();
    expect(recorder.take()).toEqual([{ a: 1 }]);
  });

  it('works inside of somebody else’s proxy, as reactive stores make them', () => {
    const reactive = new Proxy(Object.assign(new VizCounter(tracer, 'c'), { a: 1 }), {});
    recorder.take();
    reactive.a = 2;
    reactive.log();
    reactive.config('trigger_on_change', false);
    reactive.a = 3;
    expect(recorder.take()).toEqual([{ a: 2 }, { a: 2 }]);
  });

  it('a write by way of super logs once', () => {
    class Upper extends VizCounter {
      write(value: number): void {
        super.a = value;
      }
    }
    new Upper(tracer).write(5);
    expect(recorder.take()).toEqual([{ a: 5 }]);
  });

  it('a getter that writes does not log without end', () => {
    class Counting extends VizCounter {
      reads = 0;
      get times(): number {
        return ++this.reads;
      }
    }
    const counting = new Counting(tracer);
    const before = recorder.take().length;
    counting.log();
    expect([before, recorder.take().length]).toEqual([1, 1]);
  });
});

describe('what a log contains', () => {
  it('the include list in its order, those that exist', () => {
    const counter = Object.assign(new VizCounter(tracer, 'c', { includeAttributes: ['z', 'b', 'a'], triggerOnChange: false }), { a: 1, b: 2, c: 3 });
    counter.log();
    expect(recorder.events.map((event) => Object.keys(event[2] as object))).toEqual([['b', 'a']]);
  });

  it('else all public attributes in their order, then the accessors of the class chain', () => {
    class Base extends VizCounter {
      get inherited(): number {
        return 3;
      }
    }
    class Own extends Base {
      get own(): number {
        return 2;
      }
      get _private(): number {
        return 4;
      }
    }
    Object.assign(new Own(tracer, 'o', { triggerOnChange: false }), { b: 0, a: 1 }).log();
    expect(recorder.events.map((event) => Object.entries(event[2] as object))).toEqual([
      [
        ['b', 0],
        ['a', 1],
        ['own', 2],
        ['inherited', 3],
      ],
    ]);
  });

  it('differs: statics of the class are in no log (there: class attributes are in every one)', () => {
    class Limited extends VizCounter {
      static limit = 100;
    }
    new Limited(tracer).a = 1;
    expect(recorder.take()).toEqual([{ a: 1 }]);
  });

  it('differs: a getter that throws is left out, whatever it throws (there: but for AttributeError the write fails)', () => {
    class Broken extends VizObject {
      get broken(): number {
        throw new RangeError('no');
      }
    }
    new Broken(tracer).a = 1;
    expect(recorder.take()).toEqual(['created', { a: 1 }]);
  });

  it('always the whole set, never a difference', () => {
    const counter = Object.assign(new VizCounter(tracer, 'c'), { a: 1, b: 2 });
    recorder.take();
    counter.a = 5;
    expect(recorder.take()).toEqual([{ a: 5, b: 2 }]);
  });
});

describe('values of counters', () => {
  it('functions are left out without a word', () => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    counter.call = () => 1;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 1 }]);
    counter.a = () => 1;
    counter.a = 2;
    expect(recorder.take()).toEqual([{}, { a: 2 }]);
  });

  it.each<[string, unknown, string]>([
    ['a text', 'x', 'a value of type string'],
    ['a list', [1], 'a value of type object'],
    ['an object', {}, 'a value of type object'],
    ['null', null, 'null'],
    ['undefined', undefined, 'a value of type undefined'],
    ['a boolean', true, 'a value of type boolean'],
    ['a bigint', 1n, 'a value of type bigint'],
    ['a boxed number', Object(1), 'a value of type object'],
    ['a symbol', Symbol('s'), 'a value of type symbol'],
  ])('%s: "Counter can only take numeric values", at the write', (_, value, described) => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    expect(() => {
      counter.a = value;
    }).toThrow(new TypeError(`Counter can only take numeric values: c.a was given ${described}`));
    expect(recorder.take()).toEqual([{ a: 1 }]);
  });

  it('differs: the value that was there stays, and later logs work (there: the bad value stays, every later log fails)', () => {
    const counter = Object.assign(new VizCounter(tracer, 'c'), { a: 1 });
    expect(() => Object.assign(counter, { a: 'x' })).toThrow(TypeError);
    expect(() => Object.defineProperty(counter, 'a', { value: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(counter, { fresh: 'x' })).toThrow(TypeError);
    recorder.take();
    Object.assign(counter, { b: 2 });
    expect(recorder.take()).toEqual([{ a: 1, b: 2 }]);
  });

  it('is checked also while the tracer is stopped or was never started, not without a tracer', () => {
    tracer.enabled = false;
    expect(() => Object.assign(new VizCounter(tracer, 'c'), { a: 'x' })).toThrow('Counter can only take numeric values');
    expect(() => Object.assign(new VizCounter(null, 'c'), { a: 'x' })).not.toThrow();
  });

  it('NaN and infinities are taken', () => {
    const counter = new VizCounter(tracer, 'c');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) counter.a = value;
    expect(recorder.take()).toEqual([{ a: Number.NaN }, { a: Number.POSITIVE_INFINITY }, { a: Number.NEGATIVE_INFINITY }]);
  });

  it('an empty set is an event, too', () => {
    new VizCounter(tracer, 'c').log();
    expect(recorder.take()).toEqual([{}]);
  });
});

describe('values of objects', () => {
  it('differs: null, booleans and what JSON cannot hold are shown (there: left out)', () => {
    const object = new VizObject(tracer, 'o', { triggerOnChange: false });
    Object.assign(object, { none: null, yes: true, map: new Map([[1, 2n]]), date: new Date(0), set: new Set(['a']), u: undefined });
    object.log();
    expect(recorder.take().slice(1)).toEqual([
      {
        none: null,
        yes: true,
        map: { $ts: 'map', size: 1, entries: [[1, { $ts: 'bigint', text: '2' }]] },
        date: { $ts: 'date', text: '1970-01-01T00:00:00.000Z' },
        set: { $ts: 'set', size: 1, values: ['a'] },
        u: { $ts: 'undefined' },
      },
    ]);
  });

  it('a write of a function still emits an event', () => {
    const object = new VizObject(tracer, 'o');
    object.call = () => 1;
    expect(recorder.take()).toEqual(['created', {}]);
  });

  it('differs: a copy at the time of the log (there: by reference until the save)', () => {
    const object = new VizObject(tracer, 'o');
    const list = [1];
    object.list = list;
    list.push(2);
    expect(recorder.take()).toEqual(['created', { list: [1] }]);
  });

  it('differs: cycles and getters that throw are marked (there: the save fails and the report is lost)', () => {
    const object = new VizObject(tracer, 'o');
    const cycle: Record<string, unknown> = { n: 1 };
    cycle.self = cycle;
    Object.defineProperty(cycle, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    object.cycle = cycle;
    expect(recorder.take()).toEqual(['created', { cycle: { n: 1, self: { $ts: 'cycle', up: 1 }, bad: { $ts: 'threw', message: 'no' } } }]);
  });

  it('what changed travels, all of it every 64 snapshots and after a gap', () => {
    const object = Object.assign(new VizObject(tracer, 'o', { triggerOnChange: false }), { large: 'same', step: 0 });
    for (let step = 0; step < 130; step++) {
      object.step = step;
      object.log();
    }
    recorder.gaps++;
    object.log();
    object.log();
    const snapshots = recorder.events.slice(1);
    const keyframes = snapshots.flatMap((event, i) => (event[1] === SnapshotFlag.KEYFRAME ? [i] : []));
    expect(keyframes).toEqual([0, 64, 128, 130]);
    expect([snapshots[64]?.[2], snapshots[65]?.[2], snapshots[131]?.[2]]).toEqual([{ large: 'same', step: 64 }, { step: 65 }, {}]);
  });

  it('compares exactly: 0 and -0, NaN, a number and its text', () => {
    const object = new VizObject(tracer, 'o');
    for (const value of [0, -0, Number.NaN, Number.NaN, 1, '1']) object.a = value;
    const text = (name: string) => ({ a: { $ts: 'number', text: name } });
    expect(recorder.take().slice(1)).toEqual([{ a: 0 }, text('-0'), text('NaN'), {}, { a: 1 }, { a: '1' }]);
  });

  it('an attribute that was cut for want of room is whole again when there is room', () => {
    const object = Object.assign(new VizObject(tracer, 'o', { triggerOnChange: false, maxBytes: 20 }), { long: 'x'.repeat(30), short: 1 });
    object.log();
    object.log();
    object.long = '';
    object.log();
    expect(recorder.take().slice(1)).toEqual([{ long: 'x'.repeat(30), short: { $ts: 'budget' } }, {}, { long: '', short: 1 }]);
  });

  it('an attribute that goes and comes back', () => {
    const object = new VizObject(tracer, 'o', { triggerOnChange: false }) as VizObject;
    const log = (): unknown => {
      object.log();
      return recorder.take().at(-1);
    };
    Object.assign(object, { a: 1, b: 2 });
    expect(log()).toEqual({ a: 1, b: 2 });
    delete object.a;
    expect(log()).toEqual({ a: undefined });
    expect(log()).toEqual({});
    object.a = 1;
    expect(log()).toEqual({ a: 1 });
    object.a = () => 1;
    expect(log()).toEqual({ a: undefined });
    object.a = 1;
    expect(log()).toEqual({ a: 1 });
    object.config('include_attributes', ['b']);
    expect(log()).toEqual({ a: undefined });
  });
});

describe('config and log', () => {
  it.each(['trigger_on_change', 'triggerOnChange'])('%s takes effect at the next write', (key) => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    counter.config(key, false);
    counter.a = 2;
    counter._viztracerSetConfig(key, 'yes');
    counter.a = 3;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it.each(['exclude_attribtues', 'excludeAttribtues', '', 'toString', undefined, 1])('no config is named %s', (key) => {
    for (const method of ['config', '_viztracerSetConfig', '_viztracer_set_config'] as const) {
      expect(() => new VizCounter(tracer)[method](key as string, [])).toThrow(`No config named ${key}`);
    }
  });

  it('both arguments required', () => {
    const counter = new VizCounter(tracer, 'c');
    for (const method of ['config', '_viztracerSetConfig', '_viztracer_set_config'] as const) {
      const set = counter[method] as (key: string, value?: unknown) => void;
      expect(() => set.call(counter, 'trigger_on_change')).toThrow(new TypeError("config takes a key and a value: config('triggerOnChange', …)"));
    }
    counter.a = 1;
    expect(recorder.take()).toEqual([{ a: 1 }]);
  });

  it('differs: _viztracer_log of an object has no phase parameter (there: optional, default O)', () => {
    const object = new VizObject(tracer, 'o', { triggerOnChange: false });
    object.a = 1;
    (object._viztracer_log as (phase?: string) => void).call(object, 'N');
    expect(recorder.take()).toEqual(['created', { a: 1 }]);
  });

  it.each(['include_attributes', 'exclude_attributes'])('%s may be null: an empty list', (key) => {
    const counter = new VizCounter(tracer, 'c', { [key]: ['a'] });
    counter.config(key, null);
    counter.a = 1;
    counter.b = 2;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 1, b: 2 }]);
  });

  it('log() logs now, whatever triggerOnChange says', () => {
    const object = new VizObject(tracer, 'o', { triggerOnChange: false });
    object.a = 1;
    object.log();
    object._viztracerLog();
    object._viztracer_log();
    expect(recorder.take()).toEqual(['created', { a: 1 }, {}, {}]);
  });

  it('attributes named log and config shadow the methods; the long names still work', () => {
    const counter = new VizCounter(tracer, 'c', { triggerOnChange: false });
    Object.assign(counter, { log: 1, config: 2 });
    expect(() => counter.log()).toThrow(TypeError);
    counter._viztracer_log();
    counter._viztracer_set_config('trigger_on_change', true);
    Object.assign(counter, { log: 3 });
    expect(recorder.take()).toEqual([
      { log: 1, config: 2 },
      { log: 3, config: 2 },
    ]);
  });

  it('a subclass may have its own log and config', () => {
    class Own extends VizObject {
      logs = 0;
      override log(): void {
        this.logs++;
      }
      override config(): void {
        throw new Error('mine');
      }
    }
    const own = new Own(tracer, 'o', { triggerOnChange: false });
    own.log();
    expect(recorder.take()).toEqual(['created']);
    own._viztracerSetConfig('trigger_on_change', true);
    own._viztracerLog();
    expect(recorder.take()).toEqual([{ logs: 1 }]);
  });
});

describe('triggerlog', () => {
  class Steps extends VizCounter {
    declare n: number;
    constructor(given: typeof tracer | null = tracer) {
      super(given as typeof tracer, 's', { triggerOnChange: false });
      this.n = 0;
    }
    add(by: number): number {
      this.n += by;
      return this.n;
    }
  }
  const method = (when?: 'before' | 'after' | 'both') => triggerlog(Steps.prototype.add, when && { when });

  it('is a static of the classes', () => {
    expect([EventBase.triggerlog, VizCounter.triggerlog, VizObject.triggerlog]).toEqual([triggerlog, triggerlog, triggerlog]);
  });

  it.each<['before' | 'after' | 'both' | undefined, number[]]>([
    [undefined, [2]],
    ['after', [2]],
    ['before', [0]],
    ['both', [0, 2]],
  ])('when %s; the return value, this, name and length stay', (when, logged) => {
    const wrapped = method(when);
    expect([wrapped.call(new Steps(), 2), wrapped.name, wrapped.length]).toEqual([2, 'add', 1]);
    expect(recorder.take()).toEqual(logged.map((n) => ({ n })));
  });

  it.each([['sideways'], [null], [1]])('a bad when (%s) throws as the decorator is evaluated', (when) => {
    expect(() => triggerlog({ when } as never)).toThrow(`when has to be one of 'after', 'before' or 'both', not ${when}`);
  });

  it('differs: another option than when throws, too', () => {
    expect(() => triggerlog({ wehn: 'before' } as never)).toThrow('triggerlog has no option "wehn"; its option is when');
  });

  it('differs: the text alone works: triggerlog("before") (there: fails at decoration)', () => {
    triggerlog('before')(Steps.prototype.add as never, { kind: 'method', name: 'add' });
    expect(recorder.take()).toEqual([]);
  });

  it('a method that throws: no "after", and with both only the first', () => {
    const fail = function (this: Steps): void {
      this.n = -1;
      throw new Error('no');
    };
    for (const when of ['after', 'both'] as const) expect(() => triggerlog(fail, { when }).call(new Steps())).toThrow('no');
    expect(recorder.take()).toEqual([{ n: 0 }]);
  });

  it('is independent of triggerOnChange: with it on, one write gives two events', () => {
    const steps = new Steps();
    steps.config('trigger_on_change', true);
    method().call(steps, 1);
    expect(recorder.take()).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('recursion nests', () => {
    const down = triggerlog(
      function (this: Steps, level: number): void {
        this.n = level;
        if (level > 1) down.call(this, level - 1);
      },
      { when: 'both' },
    );
    down.call(new Steps(), 2);
    expect(recorder.take()).toEqual([{ n: 0 }, { n: 2 }, { n: 1 }, { n: 1 }]);
  });

  it('a generator: "after" is when it is made, before its body runs', () => {
    const each = triggerlog(function* (this: Steps): Generator<number> {
      this.n = 9;
      yield this.n;
    });
    const made = each.call(new Steps());
    expect(recorder.take()).toEqual([{ n: 0 }]);
    expect([...made]).toEqual([9]);
    expect(recorder.take()).toEqual([]);
  });

  it('differs: an async method: "after" is when it fulfils (there: before its body runs)', async () => {
    const later = triggerlog(
      async function (this: Steps, by: number): Promise<number> {
        await null;
        this.n = by;
        return by;
      },
      { when: 'both' },
    );
    const promise = later.call(new Steps(), 7);
    expect(recorder.take()).toEqual([{ n: 0 }]);
    expect([await promise, recorder.take()]).toEqual([7, [{ n: 7 }]]);
  });

  it('works on any object that can be logged; on another the call fails', () => {
    let logs = 0;
    method().call({ n: 0, _viztracer_log: () => logs++ } as unknown as Steps, 1);
    expect(logs).toBe(1);
    expect(() => method().call({ n: 0 } as unknown as Steps, 1)).toThrow('triggerlog is for methods of events');
  });

  it('is not for static methods', () => {
    const message = 'triggerlog decorates methods of instances; make is static';
    expect(() => triggerlog(Steps.prototype.add as never, { kind: 'method', name: 'make', static: true } as never)).toThrow(message);
    expect(() => triggerlog(Steps, 'make', { value: () => 1 })).toThrow(message);
  });

  it('without a tracer the method runs, and nothing else', () => {
    expect(method('both').call(new Steps(null), 3)).toBe(3);
    expect(recorder.take()).toEqual([]);
  });
});

describe('states of the tracer', () => {
  it('not started or stopped: dropped without a word', () => {
    tracer.enabled = false;
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    counter.a = 2;
    const object = new VizObject(tracer, 'o');
    object.a = 1;
    object.a = 2;
    expect(recorder.take()).toEqual([]);
    tracer.enabled = true;
    counter.a = 3;
    object.a = 3;
    expect(recorder.take()).toEqual([{ a: 3 }, 'created', { a: 3 }]);
    tracer.enabled = false;
    counter.a = 4;
    counter.b = 5;
    tracer.enabled = true;
    counter.a = 6;
    expect(recorder.take()).toEqual([{ a: 6, b: 5 }]);
  });

  it('differs: an object made before the start is created at its first log (there: never)', () => {
    tracer.enabled = false;
    const object = new VizObject(tracer, 'o');
    tracer.enabled = true;
    object.log();
    expect(recorder.take()).toEqual(['created', {}]);
  });

  it('an object that goes after the stop is not told of', () => {
    const object = new VizObject(tracer, 'o');
    tracer.enabled = false;
    object.dispose();
    tracer.enabled = true;
    object.dispose();
    object.a = 1;
    expect(recorder.take()).toEqual(['created']);
  });

  it('another recorder of the same tracer is told everything anew', () => {
    const counter = Object.assign(new VizCounter(tracer, 'c'), { a: 1 });
    const object = Object.assign(new VizObject(tracer, 'o'), { a: 1, b: 2 });
    recorder = new ArrayRecorder();
    tracer.recorder = recorder;
    counter.a = 2;
    object.a = 2;
    expect(recorder.take()).toEqual([{ a: 2 }, 'created', { a: 2, b: 2 }]);
  });
});
