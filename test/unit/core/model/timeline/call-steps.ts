import fc from 'fast-check';
import type { SegmentRule } from '../../../../../core/protocol/summary/segment-rule.ts';
import { CallRecording } from '../../../../helpers/build-calls.ts';
import { NaiveCalls } from './naive.ts';

export const FUNCTIONS = ['main', 'handle', 'parse', 'query', 'render', 'log'];

/** Time passes, and a function is entered, or the innermost one ends; perhaps a block ends there. */
export interface CallStep {
  readonly enters: boolean;
  readonly name: number;
  readonly passes: number;
  /** 0: a block ends behind it. */
  readonly cuts: number;
}

export const callSteps: fc.Arbitrary<CallStep[]> = fc.array(
  fc.record({
    enters: fc.boolean(),
    name: fc.nat({ max: FUNCTIONS.length - 1 }),
    passes: fc.oneof({ weight: 8, arbitrary: fc.nat({ max: 30 }) }, { weight: 1, arbitrary: fc.nat({ max: 5000 }) }),
    cuts: fc.nat({ max: 6 }),
  }),
  { minLength: 1, maxLength: 250 },
);

/** The steps as a recording of one thread, and as plain slices. What is open at the end stays so. */
export function recordedCalls(
  steps: readonly CallStep[],
  rule?: SegmentRule,
): { readonly bytes: Uint8Array; readonly naive: NaiveCalls; readonly endNs: number } {
  const recording = new CallRecording(rule);
  const stream = recording.thread(FUNCTIONS);
  const naive = new NaiveCalls();
  let time = 10;
  for (const { enters, name, passes, cuts } of steps) {
    time += passes;
    const top = naive.stack.at(-1);
    if (enters || !top) {
      recording.enter(stream, time, name + 1);
      naive.enter(time, FUNCTIONS[name] as string);
    } else {
      recording.exit(stream, time, FUNCTIONS.indexOf(top.name) + 1);
      naive.exit(time);
    }
    if (cuts === 0) recording.cut(stream);
  }
  return { bytes: recording.finish(), naive, endNs: time };
}
