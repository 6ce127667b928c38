import { describe, expect, it } from 'vitest';
import { TargetEnvironment } from '../../../../core/protocol/target-wire.ts';
import { childVariables, takeSettings } from '../../../../core/tracer/target-settings.ts';

const environment = (preload: string, nodeOptions: string | undefined): NodeJS.ProcessEnv => ({
  HOME: '/home/noor',
  ...(nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions }),
  [TargetEnvironment.SOCKET]: '/tmp/socket',
  [TargetEnvironment.SECRET]: 'secret',
  [TargetEnvironment.OPTIONS]: JSON.stringify({ preload, whenFull: 'exact', spillFolder: '/tmp' }),
});

describe('the settings of a launch', () => {
  it.each([
    ['/a/preload.cjs', '--require /a/preload.cjs', undefined],
    ['/a b/preload.cjs', '--require "/a b/preload.cjs"', undefined],
    ['/a"b/preload.cjs', '--require "/a\\"b/preload.cjs"', undefined],
    ['/a/preload.cjs', '--require /a/preload.cjs --max-old-space-size=99 --no-warnings', '--max-old-space-size=99 --no-warnings'],
    ['/a/preload.cjs', '--no-warnings --require /a/preload.cjs', '--no-warnings'],
    ['/a/preload.cjs', '--require /a/preload.cjs --require ./mine.cjs', '--require ./mine.cjs'],
    ['/a/preload.cjs', '--require ./mine.cjs', '--require ./mine.cjs'],
    ['/a/preload.cjs', undefined, undefined],
  ])('are taken out of the environment: %s in %s', (preload, nodeOptions, left) => {
    const env = environment(preload, nodeOptions);
    expect(takeSettings(env)).toMatchObject({ socket: '/tmp/socket', secret: 'secret', options: { preload } });
    expect(env).toEqual({ HOME: '/home/noor', ...(left === undefined ? {} : { NODE_OPTIONS: left }) });
  });

  it.each([['/a/preload.cjs'], ['/a b/preload.cjs']])('are given to a child, whose preload finds them again: %s', (preload) => {
    const settings = takeSettings(environment(preload, undefined));
    if (!settings) throw new Error('the settings were not found');
    for (const own of [undefined, '', '--no-warnings']) {
      const child: NodeJS.ProcessEnv = { ...childVariables(settings, own) };
      expect(childVariables(settings, child.NODE_OPTIONS)).toEqual(child);
      expect(takeSettings(child)).toEqual({ ...settings, options: { ...settings.options, isChild: true } });
      expect(child.NODE_OPTIONS).toBe(own === '' ? undefined : own);
    }
  });

  it('are not there in a process that the studio did not start', () => {
    const env = { HOME: '/', NODE_OPTIONS: '--no-warnings' };
    expect(takeSettings(env)).toBeUndefined();
    expect(env).toEqual({ HOME: '/', NODE_OPTIONS: '--no-warnings' });
  });
});
