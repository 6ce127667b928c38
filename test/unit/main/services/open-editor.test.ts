import { expect, test } from 'vitest';
import { editorCommand } from '../../../../main/services/source/open-editor.ts';
import { EDITORS } from '../../../../renderer/features/settings/editors.ts';

const PLACE = { file: '/w/a b.ts', line: 12, column: 3 };

test('every editor that is offered gets the place', () => {
  const commands = Object.fromEntries(EDITORS.map(({ label, value }) => [label, editorCommand(value, PLACE)]));
  expect(commands).toEqual({
    'VS Code': { program: 'code', arguments: ['--goto', '/w/a b.ts:12:3'] },
    Cursor: { program: 'cursor', arguments: ['--goto', '/w/a b.ts:12:3'] },
    WebStorm: { program: 'webstorm', arguments: ['--line', '12', '--column', '3', '/w/a b.ts'] },
    Zed: { program: 'zed', arguments: ['/w/a b.ts:12:3'] },
  });
});

test('a command of one’s own: quotes, a file that it does not name, what stands for nothing', () => {
  expect(editorCommand(`'/opt/my editor/ed' -n "+{line}"`, PLACE)).toEqual({ program: '/opt/my editor/ed', arguments: ['-n', '+12', '/w/a b.ts'] });
  expect(editorCommand('ed {file} {other}', { ...PLACE, file: '{line}' })).toEqual({ program: 'ed', arguments: ['{line}', '{other}'] });
  for (const bad of ['', '   ', '{file}', '"open']) expect(() => editorCommand(bad, PLACE)).toThrow();
});
