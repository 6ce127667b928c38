/**
 * A text in Markdown as elements of the page: headings, paragraphs, lists, tables, code. It may come from a file that anyone has
 * written, so nothing in it is ever HTML: a tag is shown as the characters that it is, an image as its words, and only https
 * links can be followed, unless `isLink` says otherwise.
 */
import { Fragment, type ReactNode } from 'react';
import { type Block, readMarkdown } from './markdown-blocks.ts';
import './markdown.css';

interface MarkdownProps {
  readonly text: string;
  readonly onLink: (url: string) => void;
  /** What is drawn as a link. */
  readonly isLink?: (url: string) => boolean;
}

interface Links {
  readonly onLink: (url: string) => void;
  readonly isLink: (url: string) => boolean;
}

const isHttps = (url: string): boolean => url.startsWith('https://');

export function Markdown({ text, onLink, isLink = isHttps }: MarkdownProps) {
  return (
    <div className="markdown">
      {readMarkdown(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change while it is shown.
        <BlockView key={index} block={block} links={{ onLink, isLink }} />
      ))}
    </div>
  );
}

function BlockView({ block, links }: { readonly block: Block; readonly links: Links }) {
  const inline = (text: string) => <Inline text={text} links={links} />;
  switch (block.kind) {
    case 'heading': {
      const Heading = block.level === 1 ? 'h3' : block.level === 2 ? 'h4' : 'h5';
      return <Heading>{inline(block.text)}</Heading>;
    }
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
        <pre tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <li key={index}>{inline(item)}</li>
          ))}
        </List>
      );
    }
    case 'table':
      return (
        <table>
          <thead>
            <tr>
              {block.head.map((cell, index) => {
                // One without words names nothing.
                const Cell = cell === '' ? 'td' : 'th';
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                  <Cell key={index} {...(cell !== '' && { scope: 'col' })}>
                    {inline(cell)}
                  </Cell>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above.
              <tr key={index}>
                {row.map((cell, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                  <td key={at}>{inline(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
    case 'quote':
      return <blockquote>{inline(block.text)}</blockquote>;
    case 'line':
      return <hr />;
    case 'paragraph':
      return <p>{inline(block.text)}</p>;
  }
}

const INLINE =
  /(`+)(?<code>[^`]|[^`].*?[^`])\1(?!`)|\*\*(?<bold>[^*]+)\*\*|(?<![\w*])\*(?<em>[^*\s][^*]*)\*(?!\w)|!?\[(?<words>[^\]]*)\]\((?<url>[^)\s]*)[^)]*\)/g;

function Inline({ text, links: { onLink, isLink } }: { readonly text: string; readonly links: Links }) {
  const out: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) out.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const { code, bold, em, words, url } = match.groups ?? {};
    if (code !== undefined) out.push(<code>{code}</code>);
    else if (bold !== undefined) out.push(<strong>{bold}</strong>);
    else if (em !== undefined) out.push(<em>{em}</em>);
    else if (url !== undefined && isLink(url) && !match[0].startsWith('!')) {
      out.push(
        <button type="button" className="markdown-link" title={url} onClick={() => onLink(url)}>
          {words}
        </button>,
      );
    } else out.push(words);
  }
  if (at < text.length) out.push(text.slice(at));
  return out.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above.
    <Fragment key={index}>{part}</Fragment>
  ));
}
