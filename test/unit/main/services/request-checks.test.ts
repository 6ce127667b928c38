import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../../core/base/result.ts';
import { STUDIO_REQUESTS } from '../../../../core/protocol/studio-api.ts';
import { REQUEST_CHECKS } from '../../../../main/services/request-checks.ts';

const launch = {
  target: { kind: 'script', path: '/a.js' },
  arguments: '',
  cwd: '',
  environment: [{ name: 'A', value: '1' }],
  nodeFlags: '',
  nodePath: '',
  recordEnvironmentValues: false,
};
const start = (change: object) => () => REQUEST_CHECKS['session.start']({ ...launch, ...change }, '');
const long = (length: number) => 'x'.repeat(length);

test('a good form comes through as it is, without what does not belong to it', () => {
  expect(REQUEST_CHECKS['session.start']({ ...launch, extra: 1, __proto__: { x: 1 } }, '')).toEqual(launch);
});

test('capture options come through, others do not', () => {
  expect(start({ capture: { calls: 'off', include: ['src'], evil: 1 } })()).toEqual({ ...launch, capture: { calls: 'off', include: ['src'] } });
});

test.each([
  ['target.kind must be one of script, npm-script, command', { target: { kind: 'shell', path: '/a' } }],
  ['target.kind must be one of', { target: null }],
  ['target.path must be text', { target: { kind: 'script' } }],
  ['target.path contains a NUL character', { target: { kind: 'script', path: 'a\0b' } }],
  ['target.path is longer than 4096 characters', { target: { kind: 'script', path: long(4097) } }],
  ['arguments is longer than 65536 characters', { arguments: long(65_537) }],
  ['environment must be a list', { environment: {} }],
  ['environment has more than 1000 entries', { environment: Array.from({ length: 1001 }, () => ({ name: 'a', value: '' })) }],
  ['environment[1].value must be text', { environment: [{ name: 'a', value: '' }, { name: 'b' }] }],
  ['capture.maxDepth is no value that max-depth can have', { capture: { maxDepth: -1 } }],
  ['capture must be an object', { capture: [] }],
])('%s', (sentence, change) => {
  expect(start(change)).toThrow(sentence);
});

describe.each(Object.keys(STUDIO_REQUESTS) as (keyof typeof STUDIO_REQUESTS)[])('%s', (method) => {
  test('takes or refuses anything in words, and never passes a prototype on', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (argument) => {
        try {
          const checked = REQUEST_CHECKS[method](argument, '');
          if (checked !== null) expect(Object.getPrototypeOf(checked)).toBe(Object.prototype);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
          expect((error as Error).message).toMatch(/^The window asked for something that cannot be done: .+\.$/s);
        }
      }),
      { numRuns: 50 },
    );
  });
});

test('ids are no paths', () => {
  for (const ref of ['../x', 'a/b', '', 'a.b', long(65)]) expect(() => REQUEST_CHECKS['recordings.discard']({ ref }, '')).toThrow('ref must be an id');
});

test('a path that the user left empty is told in the user’s words', () => {
  for (const path of ['', '  ']) {
    expect(() => REQUEST_CHECKS['export.start']({ recording: 'r', format: 'recording', path }, '')).toThrow('No path is given.');
  }
});
