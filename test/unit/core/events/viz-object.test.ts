import { beforeEach, describe, expect, it } from 'vitest';
import { VizObject } from '../../../../core/events/viz-object.ts';
import { SnapshotFlag } from '../../../../core/protocol/records.ts';
import { ArrayRecorder } from './array-recorder.ts';

let recorder: ArrayRecorder;
let tracer: { enabled: boolean; recorder: ArrayRecorder };
beforeEach(() => {
  recorder = new ArrayRecorder();
  tracer = { enabled: true, recorder };
});

describe('VizObject', () => {
  it('is created, copied at each write, and deleted once', () => {
    const object = new VizObject(tracer, 'o');
    const list = [1];
    object.list = list;
    list.push(2);
    object.done = true;
    object.nothing = null;
    object.dispose();
    object.dispose();
    object.list = [];
    object.log();
    expect(recorder.take()).toEqual(['created', { list: [1] }, { list: [1, 2], done: true }, { nothing: null }, 'deleted']);
  });

  it('ends with a using block', () => {
    new VizObject(tracer, 'o')[Symbol.dispose]();
    expect(recorder.take()).toEqual(['created', 'deleted']);
  });

  it('sends changed attributes, tells of removed ones, and all after a gap', () => {
    const object = new VizObject(tracer, 'o');
    object.a = 1;
    object.b = 2;
    delete object.a;
    object.log();
    recorder.gaps = 1;
    object.c = 3;
    object.c = 3;
    expect(recorder.events.map((event) => event[1])).toEqual(['o', SnapshotFlag.KEYFRAME, 0, 0, SnapshotFlag.KEYFRAME, 0]);
    expect(recorder.take()).toEqual(['created', { a: 1 }, { b: 2 }, { a: undefined }, { b: 2, c: 3 }, {}]);
  });

  it('is created at its first log when the tracer starts later', () => {
    tracer.enabled = false;
    const object = new VizObject(tracer, 'o');
    object.a = 1;
    tracer.enabled = true;
    object.a = 2;
    expect(recorder.take()).toEqual(['created', { a: 2 }]);
  });

  it('takes bounds of its own and refuses nonsense', () => {
    const object = new VizObject(tracer, 'o', { maxStringLength: 3, max_depth: 1 } as object);
    object.text = 'abcdef';
    object.deep = { a: { b: 1 } };
    expect(recorder.take()).toEqual([
      'created',
      { text: { $ts: 'string', text: 'abc', length: 6 } },
      { deep: { a: { $ts: 'deep', type: 'Object', size: 1 } } },
    ]);
    expect(() => new VizObject(tracer, 'o', { maxDepth: 0 })).toThrow('maxDepth has to be a number above 0');
  });

  it('leaves out functions and getters that throw', () => {
    class Thing extends VizObject {
      declare handler: unknown;
      get broken(): number {
        throw new Error('no');
      }
      get sum(): number {
        return 3;
      }
    }
    const thing = new Thing(tracer);
    thing.handler = () => 1;
    expect(recorder.take()).toEqual(['created', { sum: 3 }]);
  });
});
