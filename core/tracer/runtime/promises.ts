import { AsyncFlag, AsyncScope, FlowPhase } from '../../protocol/records.ts';
import type { RingWriter } from '../ring-writer.ts';
import { memory } from './invisible.ts';
import { MAX_OPERATION } from './operation.ts';

const NAME = 'promise';
const numbers = memory<number>();

/**
 * Every promise of the thread: from its making to its settling, with an arrow to each reaction. By V8's promise hooks (`v8.promiseHooks`), which see what
 * `async_hooks` see of promises at a third of their cost. What is returned runs a function whose promises are not recorded.
 */
export function watchPromises(writer: RingWriter): (run: () => void) => void {
  const { promiseHooks } = process.getBuiltinModule('node:v8');
  let unseen = false;
  let last = MAX_OPERATION;
  promiseHooks.createHook({
    init(promise, parent) {
      if (unseen || !writer.recording) return;
      last = last === 0xffffffff ? MAX_OPERATION + 1 : last + 1;
      const of = parent === undefined ? 0 : (numbers.of(parent) ?? 0);
      if (writer.asyncBegin(last, AsyncScope.STREAM, NAME, NAME, of, AsyncFlag.FLOW, '')) numbers.put(promise, last);
    },
    before(promise) {
      const number = numbers.of(promise);
      if (number !== undefined) writer.flow(number, AsyncScope.STREAM, NAME, NAME, FlowPhase.END);
    },
    settled(promise) {
      const number = numbers.of(promise);
      if (number !== undefined) writer.asyncEnd(number, AsyncScope.STREAM, '', '');
    },
  });
  return (run) => {
    unseen = true;
    try {
      run();
    } finally {
      unseen = false;
    }
  };
}
