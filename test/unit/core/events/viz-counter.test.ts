import { beforeEach, describe, expect, it } from 'vitest';
import { EventBase } from '../../../../core/events/event-base.ts';
import { VizCounter } from '../../../../core/events/viz-counter.ts';
import { ArrayRecorder } from './array-recorder.ts';

let recorder: ArrayRecorder;
let tracer: { enabled: boolean; recorder: ArrayRecorder };
beforeEach(() => {
  recorder = new ArrayRecorder();
  tracer = { enabled: true, recorder };
});

describe('VizCounter', () => {
  it('logs the whole set at every write, also of the same value and of new attributes', () => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    counter.a = 1;
    counter.b = 2;
    counter.a += 4;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 1 }, { a: 1, b: 2 }, { a: 5, b: 2 }]);
  });

  it('takes the name of the class, also of a subclass', () => {
    class Queue extends VizCounter {}
    new VizCounter(tracer).a = 1;
    new Queue(tracer).a = 1;
    new Queue(tracer, null).a = 1;
    new Queue(tracer, 'mine').a = 1;
    expect(recorder.events.map((event) => event[1])).toEqual(['VizCounter', 'Queue', 'Queue', 'mine']);
  });

  it('sees fields of subclasses, methods that use #private, and setters', () => {
    class Queue extends VizCounter {
      waiting = 0;
      declared: number | undefined;
      #hidden = 5;
      _own = 1;
      get doubled(): number {
        return this.waiting * 2;
      }
      get broken(): number {
        throw new Error('no');
      }
      get text(): string {
        return 'text';
      }
      set waitingFor(value: number) {
        this.#hidden = value;
        this.waiting = value + this._own;
      }
      add(): void {
        this.waiting += this.#hidden;
      }
    }
    const queue = new Queue(tracer);
    queue.add();
    queue._own = 2;
    queue.waitingFor = 7;
    expect(recorder.take()).toEqual([
      { waiting: 0, doubled: 0 },
      { waiting: 5, doubled: 10 },
      // The write in the setter, and the setter's own.
      { waiting: 9, doubled: 18 },
      { waiting: 9, doubled: 18 },
    ]);
  });

  it.each([['text'], [null], [true], [1n], [{}], [undefined]])('refuses %s, names attribute and type, and keeps the value', (value) => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    recorder.take();
    expect(() => {
      counter.a = value;
    }).toThrow(/^Counter can only take numeric values: c\.a was given (?:null|a value of type )/);
    expect(counter.a).toBe(1);
    if (value !== undefined) {
      expect(() => {
        counter.fresh = value;
      }).toThrow(TypeError);
      expect('fresh' in counter).toBe(false);
    }
    counter.b = 2;
    expect(recorder.take()).toEqual([{ a: 1, b: 2 }]);
  });

  it('leaves functions out, takes anything in private attributes, and forgets deleted ones', () => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    counter.call = () => 1;
    counter._text = 'x';
    Object.assign(counter, { [Symbol('s')]: 'x' });
    counter.b = 2;
    delete counter.a;
    counter.b = 3;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 1 }, { a: 1, b: 2 }, { b: 3 }]);
  });

  it('triggers on and records what the options say', () => {
    const included = new VizCounter(tracer, 'c', { includeAttributes: ['b', 'a', '_p'], excludeAttributes: ['a'] });
    included.a = 1;
    included.c = 2;
    included.b = 3;
    included._p = 4;
    included.a = 5;
    expect(recorder.take()).toEqual([{ a: 1 }, { b: 3, a: 1 }, { b: 3, a: 5, _p: 4 }]);
    const excluded = new VizCounter(tracer, 'c', { exclude_attributes: ['b'] });
    excluded.a = 1;
    excluded.b = 'anything';
    excluded.a = 2;
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('logs by hand and changes its configuration, in both spellings and under a shadowing method', () => {
    class Shadowing extends VizCounter {
      override log(): void {}
      override config(): void {}
    }
    const counter = new Shadowing(tracer, 'c', { triggerOnChange: false });
    counter.a = 1;
    counter.log();
    expect(recorder.take()).toEqual([]);
    counter._viztracerLog();
    counter._viztracer_log();
    counter._viztracerSetConfig('trigger_on_change', true);
    counter.a = 2;
    counter._viztracer_set_config('triggerOnChange', false);
    counter.a = 3;
    counter._viztracerLog();
    expect(recorder.take()).toEqual([{ a: 1 }, { a: 1 }, { a: 2 }, { a: 3 }]);
    expect(() => new VizCounter(tracer).config('exclude_attribtues', [])).toThrow('No config named exclude_attribtues');
  });

  it('refuses an unknown option and names the known ones', () => {
    const make = (given: unknown) => () => new VizCounter(given as typeof tracer, 'c', { trigger: true } as object);
    const message = 'VizCounter has no option "trigger"; its options are triggerOnChange, includeAttributes, excludeAttributes';
    expect(make(tracer)).toThrow(new TypeError(message));
  });

  it('records nothing without a tracer, while it is stopped, and while the session does not record', () => {
    const nothing = new VizCounter(null, 'c');
    nothing.a = 'not even checked';
    nothing.log();
    nothing.config('trigger_on_change', false);
    tracer.enabled = false;
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    counter.log();
    tracer.enabled = true;
    recorder.recording = false;
    counter.a = 2;
    counter.b = 3;
    recorder.recording = true;
    counter.a = 4;
    expect(recorder.take()).toEqual([{ a: 4, b: 3 }]);
  });

  it('writes to an object that inherits from it without a log', () => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    const heir = Object.create(counter) as { a: number; b: string };
    heir.a = 2;
    heir.b = 'text';
    expect(recorder.take()).toEqual([{ a: 1 }]);
    expect([counter.a, Object.keys(heir)]).toEqual([1, ['a', 'b']]);
  });

  it('refuses a write when frozen, as any object does', () => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    Object.freeze(counter);
    expect(() => {
      counter.a = 2;
    }).toThrow(TypeError);
    expect(counter.a).toBe(1);
  });

  it('is what it looks like', () => {
    const counter = new VizCounter(tracer, 'c');
    counter.a = 1;
    expect(counter instanceof VizCounter && counter instanceof EventBase).toBe(true);
    expect(JSON.stringify(counter)).toBe('{"a":1}');
    expect(Object.keys(counter)).toEqual(['a']);
  });
});

describe('EventBase', () => {
  it('is not for direct use', () => {
    const base = new EventBase(tracer, 'b') as EventBase & { a: number };
    expect(() => base.log()).toThrow('You should not use _EventBase class directly');
    expect(() => {
      base.a = 1;
    }).toThrow('You should not use _EventBase class directly');
  });
});
