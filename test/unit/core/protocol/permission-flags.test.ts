import { describe, expect, it } from 'vitest';
import { permissionAdvice, permissionProblem } from '../../../../core/protocol/permission-flags.ts';

const FOLDER = '/home/noor/.cache/trace-studio/tracer-1';
const add = (flags: string) => permissionProblem(flags.split(' '), FOLDER)?.add;

describe('under the permission model', () => {
  it.each([
    ['--permission', [`--allow-fs-read=${FOLDER}/*`, '--allow-worker']],
    ['--experimental-permission --allow-worker', [`--allow-fs-read=${FOLDER}/*`]],
    ['--permission --allow-fs-read=/home/noor/app/* --allow-worker', [`--allow-fs-read=${FOLDER}/*`]],
    ['--permission --allow-fs-read=*', ['--allow-worker']],
    ['--permission --allow-fs-read /home/noor/* --allow-worker', undefined],
    ['--permission --allow-fs-read=/srv,/home/noor/* --allow-worker', undefined],
    [`--permission --allow-fs-read=${FOLDER}/ --allow-worker`, undefined],
    [`--permission --allow-fs-read=${FOLDER} --allow-worker`, undefined],
    ['--allow-worker', undefined],
  ])('%s lacks %j', (flags, missing) => expect(add(flags)).toEqual(missing));

  it('says what to add', () => {
    const problem = permissionProblem(['--permission', '--allow-fs-read=*'], FOLDER);
    expect(problem).toEqual({ preload: false, add: ['--allow-worker'] });
    expect(problem && permissionAdvice(problem)).toContain('add --allow-worker.');
  });
});
