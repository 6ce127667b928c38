/** What a user reads stands in the words of its feature (`words.ts`), so that it can be read, and said in another language, in one place. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { visibleLiterals } from '../../helpers/visible-literals.ts';

const renderer = path.resolve(import.meta.dirname, '../../../renderer');

const literalsOf = (file: string) => visibleLiterals(file, readFileSync(path.join(renderer, file), 'utf8'));
const components = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file));

it('no component has a text of its own', () => {
  const found = components.flatMap((file) =>
    literalsOf(file).map(({ line, text }) => `renderer/${file}:${line} has “${text}”: it belongs into the words.ts beside it`),
  );
  expect(found).toEqual([]);
});

it('finds texts wherever a component may have them, and nothing else', () => {
  const source = `
    const one = <p title="A title" className="not read" data-x={'neither'}>Some text {count > 1 ? 'several' : words.one} <Kbd>Ctrl+O</Kbd></p>;
    const two = <Field label={\`Value of \${name}\`} kind={kind === 'this one' ? 'big' : 'small'} hint={problem ?? 'A hint'} />;
    toast({ tone: 'warn', title: 'It failed', text: words.why });
    toastProblem(error, 'Not saved');
    const three = <i>{words.all}: {' '}{'×'} {a} B</i>;
  `;
  expect(visibleLiterals('a.tsx', source).map(({ text }) => text)).toEqual(['A title', 'Some text', 'several', 'Value of', 'A hint', 'It failed', 'Not saved']);
});
