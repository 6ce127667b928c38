import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AT_REST } from '../helpers/at-rest.ts';
import type { Studio } from './fixtures.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What is left out, and why. Around an open menu the widget library lays two empty spans that take the focus and hand it on at once, so that Tab goes on
 * behind the menu. They are hidden from screen readers on purpose, and whoever reaches one never stays there, which axe cannot know.
 */
const LEFT_OUT = { selectors: ['[data-base-ui-focus-guard]'], reason: 'focus guards of the widget library: they hand the focus on at once' } as const;

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** What axe-core finds wrong with the page as it is now. */
export async function violations(studio: Studio): Promise<string[]> {
  await studio.page.evaluate(AT_REST);
  // The source is evaluated by the debugger, which the page's content security policy does not concern.
  await studio.page.evaluate(axeSource);
  const guards = await studio.page.locator(LEFT_OUT.selectors.join()).count();
  if (guards > 0) console.log(`axe: ${guards} left out, ${LEFT_OUT.reason}`);
  const found = await studio.page.evaluate(async (leftOut) => {
    const { axe } = globalThis as unknown as { axe: { run(context: object): Promise<{ violations: Violation[] }> } };
    return (await axe.run({ exclude: leftOut.map((selector) => [selector]) })).violations;
  }, LEFT_OUT.selectors);
  return found.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}
