import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { understandDrop } from '../../../../../renderer/features/files/dropped.ts';
import { FakeStudio } from '../../../../helpers/fake-studio.ts';

const file = (name: string, text = 'console.log(1)') => new File([text], name);

describe('understandDrop', () => {
  it('takes the path where the host tells it', async () => {
    const studio = new FakeStudio();
    await expect(understandDrop(file('a.ts'), false, '/p/a.ts', studio)).resolves.toEqual({ kind: 'script', path: '/p/a.ts' });
    await expect(understandDrop(file('a.json.gz'), false, '/p/a.json.gz', studio)).resolves.toEqual({ kind: 'trace-path', path: '/p/a.json.gz' });
    await expect(understandDrop(file('p'), true, '/p', studio)).resolves.toEqual({ kind: 'project', folder: '/p' });
    expect(studio.asked).toEqual([]);
  });

  it('opens a trace in the page when the browser hides its path, without asking the host', async () => {
    const studio = new FakeStudio();
    await expect(understandDrop(file('run.tsr'), false, undefined, studio)).resolves.toMatchObject({ kind: 'trace-file' });
    expect(studio.asked).toEqual([]);
  });

  it('looks for a script by its name and content', async () => {
    const studio = new FakeStudio({ 'launch.locate': () => ['/code/a.mjs'] });
    await expect(understandDrop(file('a.mjs', 'let x'), false, undefined, studio)).resolves.toEqual({
      kind: 'script-candidates',
      name: 'a.mjs',
      paths: ['/code/a.mjs'],
    });
    expect(studio.asked[0]?.argument).toEqual({ name: 'a.mjs', sha256: createHash('sha256').update('let x').digest('hex'), bytes: 5 });
  });

  it('says in words what it cannot take', async () => {
    const studio = new FakeStudio();
    await expect(understandDrop(file('photo.png'), false, undefined, studio)).resolves.toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('photo.png'),
    });
    await expect(understandDrop(file('folder'), true, undefined, studio)).resolves.toMatchObject({ kind: 'refused', why: expect.stringContaining('Browse') });
  });
});
