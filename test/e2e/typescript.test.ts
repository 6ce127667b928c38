/** How a script's TypeScript was made to JavaScript: said while it runs, and of a recording that was made without a window. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, repository, test } from './fixtures.ts';

const PAGE = `interface Props { readonly text: string }
const h = (type: string, _props: object | null, ...children: string[]): string => '<' + type + '>' + children.join('');
const title = ({ text }: Props) => <h1>{text}</h1>;
console.log(title({ text: 'a page' }));
`;
const TSCONFIG = '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }';

test('a script of .tsx runs, and the status bar says what made it JavaScript: in a recording that is opened, and live', async ({ studio }) => {
  const { page, start, timeline, window } = studio;
  const said = page.getByText('TypeScript: transformed by Trace Studio (TypeScript)', { exact: true });
  studio.script('tsconfig.json', TSCONFIG);
  const script = studio.script('page.tsx', PAGE);
  const recording = path.join(studio.work, 'saved.tsr');
  const command = [path.join(repository, 'dist/cli/trace-studio.cjs'), 'run', '-o', recording, '--', script];
  execFileSync(process.execPath, command, { cwd: path.dirname(script), stdio: 'ignore' });
  await studio.answerFile('open', recording, () => window.menu('File', /^Open trace/));
  await expect(timeline.track('main')).toBeVisible();
  await expect(said).toBeVisible();

  await page.getByRole('button', { name: 'Start page' }).first().click();
  await expect(said).toBeHidden();
  await start.runScript(script);
  await expect(window.state()).toHaveText('Exited 0');
  await expect(said).toBeVisible();
});
