import { expect, it, vi } from 'vitest';
import { commandText } from '../../../../../renderer/features/launch/command-text.ts';
import { problemAt } from '../../../../../renderer/features/launch/field-problems.ts';

it('quotes what a shell would take apart', () => {
  expect(commandText(['node', '/a b/c.js', '--name=x', "it's", ''])).toBe("node '/a b/c.js' --name=x 'it'\\''s' ''");
});

it('puts a problem at its field, with a fix that changes the form', () => {
  const inspection = { command: [], cwd: '/', problems: [{ code: 'cwd-not-found', message: 'There is no folder /x.', field: 'cwd' as const }] };
  const apply = vi.fn();
  expect(problemAt(inspection, 'target', apply)).toBeUndefined();
  const found = problemAt(inspection, 'cwd', apply);
  expect(found?.message).toBe('There is no folder /x.');
  found?.fix?.apply();
  expect(apply).toHaveBeenCalledWith({ cwd: '' });
});
