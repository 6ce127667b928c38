import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockType } from '../../../../core/protocol/recording-format.ts';
import { BlockReader } from '../../../../core/protocol/recording-reader.ts';
import { FunctionFiles } from '../../../../main/collector/function-files.ts';
import { TestRecording } from '../../../helpers/build-recording.ts';

function definitionsIn(recording: Uint8Array): readonly Uint8Array[] {
  const reader = new BlockReader();
  const items = [...reader.push(recording), ...reader.end()];
  return items.flatMap((item) => (item.kind === 'block' && item.header.type === BlockType.DEFS ? [item.payload] : []));
}

it('names the files of functions, and no other text', () => {
  const { recording, stream } = TestRecording.simple();
  recording.instant(stream, 1, 'report.js');
  recording.function(stream, 'a', '/app/a.cjs', 1, 1);
  recording.function(stream, 'b', 'file:///app/b.mts', 1, 1);
  recording.function(stream, 'c', '/app/a.cjs', 2, 1);
  recording.function(stream, 'native', 'node:fs', 1, 1);
  recording.function(stream, 'nowhere', '', 0, 0);
  recording.counter(stream, 2, '/app/counter.js', { n: 1 });
  const files = new FunctionFiles();
  const named = definitionsIn(recording.finish()).flatMap((payload) => files.take(payload));
  expect([...new Set(named)].sort()).toEqual(['/app/a.cjs', 'file:///app/b.mts']);
});

it('takes whatever comes for definitions, and never throws', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (pieces) => {
      const files = new FunctionFiles();
      for (const piece of pieces) files.take(piece);
    }),
  );
  // Lengths that say more than there is.
  const { recording, stream } = TestRecording.simple();
  recording.function(stream, 'a', '/app/a.cjs', 1, 1);
  const [payload] = definitionsIn(recording.finish()) as [Uint8Array];
  fc.assert(
    fc.property(fc.nat({ max: payload.length - 1 }), fc.nat(255), fc.nat({ max: payload.length }), (at, value, length) => {
      const damaged = payload.slice();
      damaged[at] = value;
      new FunctionFiles().take(damaged.slice(0, length));
    }),
  );
});
