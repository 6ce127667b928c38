import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Studio } from './fixtures.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** What axe-core finds wrong with the page as it is now. */
export async function violations(studio: Studio): Promise<string[]> {
  // The source is evaluated by the debugger, which the page's content security policy does not concern.
  await studio.page.evaluate(axeSource);
  const found = await studio.page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}
