import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMarkdown } from '../../../../renderer/widgets/markdown-blocks.ts';

describe('a readme', () => {
  it('has headings, paragraphs, code, lists, quotes and tables', () => {
    const text = `# cpu_usage

Percent of
one core.

- first
  goes on
- second

1. one
2. two

\`\`\`sh
trace-studio run  # not a heading
- not an item
\`\`\`

> said

| Name | Unit |
|------|:----:|
| user | \`a|b\` |
| none | |

---
`;
    expect(readMarkdown(text)).toEqual([
      { kind: 'heading', level: 1, text: 'cpu_usage' },
      { kind: 'paragraph', text: 'Percent of one core.' },
      { kind: 'list', ordered: false, items: ['first goes on', 'second'] },
      { kind: 'list', ordered: true, items: ['one', 'two'] },
      { kind: 'code', text: 'trace-studio run  # not a heading\n- not an item' },
      { kind: 'quote', text: 'said' },
      {
        kind: 'table',
        head: ['Name', 'Unit'],
        rows: [
          ['user', '`a|b`'],
          ['none', ''],
        ],
      },
      { kind: 'line' },
    ]);
  });
  it('takes HTML for the characters that it is', () => {
    expect(readMarkdown('<script>alert(1)</script>')).toEqual([{ kind: 'paragraph', text: '<script>alert(1)</script>' }]);
  });
  it('takes indented lines for code', () => {
    expect(readMarkdown('Run:\n\n    vizplugins.gc -f 5\n\n      # more\n\nand')).toEqual([
      { kind: 'paragraph', text: 'Run:' },
      { kind: 'code', text: 'vizplugins.gc -f 5\n\n  # more' },
      { kind: 'paragraph', text: 'and' },
    ]);
  });
  it('ends an open fence at the end', () => {
    expect(readMarkdown('```\nlet a')).toEqual([{ kind: 'code', text: 'let a' }]);
  });
  it('comes to an end with whatever text, and loses no word', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('- x', '# y', '```', '| a | b |', '|---|---|', '> q', '***', '1) z', '  - deep'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(Array.isArray(readMarkdown(lines.join('\n')))).toBe(true);
      }),
    );
  });
});
