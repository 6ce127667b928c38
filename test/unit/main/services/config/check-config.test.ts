import fc from 'fast-check';
import { expect, test } from 'vitest';
import { captureOptions } from '../../../../../core/protocol/capture-options.ts';
import { checkConfig } from '../../../../../main/services/config/check-config.ts';

const words = (value: unknown) => checkConfig(value, 'trace-studio.config.json').problems.map(({ message, remedy }) => `${message} ${remedy}`);

test('options come through, and a schema for editors is no option', () => {
  const given = { $schema: 'x', calls: 'sampling', maxDepth: 20, include: ['src/**'], maskSecrets: false };
  expect(checkConfig(given, 'f')).toEqual({ capture: { calls: 'sampling', maxDepth: 20, include: ['src/**'], maskSecrets: false }, problems: [] });
});

test.each<[unknown, string]>([
  [{ calls: 'some' }, 'In trace-studio.config.json, calls cannot be "some". Calls is one of exact, sampling, off.'],
  [{ maxDepth: -1 }, 'In trace-studio.config.json, maxDepth cannot be -1. Depth at most is a number from 0 to 100000 calls.'],
  [{ include: 'src' }, 'In trace-studio.config.json, include cannot be "src". Only these files is a list of at most 1000 texts.'],
  [{ gc: undefined }, 'In trace-studio.config.json, gc cannot be undefined. Garbage collection is true or false.'],
  [{ 'max-depth': 3 }, 'trace-studio.config.json has an unknown key max-depth. It is called maxDepth there.'],
  [{ logArgs: true }, 'trace-studio.config.json has an unknown key logArgs. It is called logArguments there.'],
  [[], 'trace-studio.config.json has to hold an object of options. For example: { "calls": "sampling", "maxDepth": 20 }'],
  [null, 'trace-studio.config.json has to hold an object of options. For example: { "calls": "sampling", "maxDepth": 20 }'],
])('%j is answered with file, key and what it has to be', (value, sentence) => {
  expect(words(value)).toEqual([sentence]);
});

test('an unknown key names all that there are', () => {
  expect(words({ plugins: [] })[0]).toMatch(/^trace-studio.config.json has an unknown key plugins. There are: calls, include, .*maskSecrets, pluginEvents\.$/);
});

test('whatever it holds, what is taken is valid, and what is wrong with the rest is said', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (value) => {
      const { capture, problems } = checkConfig(value, 'f');
      expect(captureOptions(capture as Record<string, unknown>)).toMatchObject(capture);
      for (const { message } of problems) expect(message.length).toBeGreaterThan(0);
    }),
  );
});
