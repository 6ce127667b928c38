import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPTURE_OPTIONS, type CaptureOption, captureProblem, DEFAULT_CAPTURE } from '../../../../core/protocol/capture-options.ts';
import { captureFlags, captureValueText, idleCaptureOptions, readCaptureValue, splitList } from '../../../../core/protocol/capture-text.ts';
import { readCommandLine } from '../../../../main/cli/command-line.ts';

const of = (key: string) => CAPTURE_OPTIONS.find((option) => option.key === key) as CaptureOption;
const value = (key: string, text: string) => {
  const read = readCaptureValue(of(key), text);
  return read.ok ? read.value : `${read.problem.message} ${read.problem.remedy}`;
};

it.each([
  ['minDurationUs', '0.2ms', 200],
  ['minDurationUs', '300 ns', 0.3],
  ['minDurationUs', '0.3ms', 300],
  ['minDurationUs', '7µs', 7],
  ['minDurationUs', '7μs', 7],
  ['minDurationUs', '.5', 0.5],
  ['stopSeconds', '30s', 30],
  ['stopSeconds', '1.5h', 5400],
  ['keepMegabytes', '2GB', 2000],
  ['maxDepth', '12', 12],
  ['include', ' src/**, {a,b}/*.ts ,, ', ['src/**', '{a,b}/*.ts']],
  ['include', '', []],
  ['gc', 'false', false],
  ['keep', 'last', 'last'],
])('%s takes %s for %j', (key, text, expected) => expect(value(key, text)).toEqual(expected));

it.each([
  ['maxDepth', '12ms', 'Depth at most has no unit ms. It is a number of calls.'],
  ['stopSeconds', 'soon', 'Stop recording after cannot be "soon". Stop recording after is a number from 0 to 604800 s.'],
  ['stopSeconds', '', 'Stop recording after cannot be "". Stop recording after is a number from 0 to 604800 s.'],
  ['stopSeconds', '-1', 'Stop recording after cannot be "-1". Stop recording after is a number from 0 to 604800 s.'],
  ['stopSeconds', '1e3', 'Stop recording after has no unit e3. Write it with one of ms, s, m, min, h, or without: then it is in s.'],
  ['minDurationUs', '1 constructor', 'Duration at least has no unit constructor. Write it with one of ns, us, µs, ms, s, or without: then it is in µs.'],
  ['keep', 'most', 'Keep cannot be "most". Keep is one of all, last.'],
])('%s refuses %j in words', (key, text, message) => expect(value(key, text)).toBe(message));

const anyValue = (option: CaptureOption): fc.Arbitrary<unknown> => {
  switch (option.type) {
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...option.choices.map((choice) => choice.value));
    case 'number':
      return fc.integer({ min: Math.ceil(option.min), max: option.max });
    case 'list':
      return fc
        .array(fc.stringMatching(/^[a-z*/{][a-z*/.{} ]*[a-z*/}]$/), { maxLength: 4 })
        .map((parts) => parts.filter((part) => splitList(part)[0] === part));
  }
};
const anyCapture = fc.record(Object.fromEntries(CAPTURE_OPTIONS.map((option) => [option.key, anyValue(option)])), { requiredKeys: [] });

describe('whatever is chosen', () => {
  it('is said by flags that the command line reads as the same', () => {
    fc.assert(
      fc.property(anyCapture, (capture) => {
        expect(readCommandLine(['run', ...captureFlags(capture), '--', 'a.js'])).toMatchObject({ ok: true, value: { capture } });
      }),
    );
  });
  it('is read from any text or refused, and what is read is valid', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CAPTURE_OPTIONS), fc.string(), (option, text) => {
        const read = readCaptureValue(option, text);
        if (read.ok) expect(captureProblem(option, read.value)).toBeUndefined();
        else expect(read.problem.message.length).toBeGreaterThan(0);
      }),
    );
  });
  it('is shown as text that is read as the same', () => {
    for (const option of CAPTURE_OPTIONS)
      expect(readCaptureValue(option, captureValueText(option.default as never))).toEqual({ ok: true, value: option.default });
  });
});

it('tells options that mean nothing beside the others', () => {
  const given = { keepSeconds: 10, maxDepth: 3 };
  expect(idleCaptureOptions(given, { ...DEFAULT_CAPTURE, ...given }).map(({ flag }) => flag)).toEqual(['keep-seconds']);
  expect(idleCaptureOptions(given, { ...DEFAULT_CAPTURE, ...given, keep: 'last' })).toEqual([]);
});
