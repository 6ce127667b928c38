/** A launch that records nothing but what the script itself tells: for tests that count events. */
import { CAPTURE_OPTIONS, type CaptureOptions } from '../../core/protocol/capture-options.ts';

export const QUIET_CAPTURE: Partial<CaptureOptions> = {
  calls: 'off',
  ...Object.fromEntries(CAPTURE_OPTIONS.filter(({ group, type }) => group === 'runtime' && type === 'boolean').map(({ key }) => [key, false])),
};

/** The same on the command line. */
export const QUIET_FLAGS: readonly string[] = [
  '--calls=off',
  ...CAPTURE_OPTIONS.flatMap((option) => (option.group === 'runtime' && option.type === 'boolean' && option.default ? [`--no-${option.flag}`] : [])),
];
