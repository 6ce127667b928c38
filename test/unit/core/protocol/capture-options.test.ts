import { describe, expect, it } from 'vitest';
import { CAPTURE_GROUPS, CAPTURE_OPTIONS, captureOptions, captureProblem, DEFAULT_CAPTURE } from '../../../../core/protocol/capture-options.ts';

describe('capture options', () => {
  it('have each their own key and flag, a group that exists, and a default that is valid', () => {
    expect(new Set(CAPTURE_OPTIONS.map(({ key }) => key)).size).toBe(CAPTURE_OPTIONS.length);
    expect(new Set(CAPTURE_OPTIONS.map(({ flag }) => flag)).size).toBe(CAPTURE_OPTIONS.length);
    for (const option of CAPTURE_OPTIONS) {
      expect(CAPTURE_GROUPS.map(({ id }) => id)).toContain(option.group);
      expect(captureProblem(option, option.default)).toBeUndefined();
      expect(option.help).toMatch(/^[A-Z].*\.$/);
    }
    expect(DEFAULT_CAPTURE).toMatchObject({ calls: 'exact', packages: [], whenFull: 'exact', maskSecrets: true });
  });

  it('take what is valid and leave the default for everything else', () => {
    const given = { calls: 'sampling', maxDepth: -1, gc: 'no', include: ['src/**'], packages: [7], nonsense: 1, samplingUs: 200 };
    expect(captureOptions(given)).toEqual({ ...DEFAULT_CAPTURE, calls: 'sampling', include: ['src/**'], samplingUs: 200 });
    expect(captureOptions(undefined)).toBe(DEFAULT_CAPTURE);
  });

  it('say what a value has to be', () => {
    const of = (key: string) => CAPTURE_OPTIONS.find((option) => option.key === key) as (typeof CAPTURE_OPTIONS)[number];
    expect(captureProblem(of('calls'), 'some')).toBe('Calls is one of exact, sampling, off.');
    expect(captureProblem(of('maxDepth'), Number.NaN)).toBe('Depth at most is a number from 0 to 100000 calls.');
    expect(captureProblem(of('include'), 'src')).toContain('is a list');
  });
});
