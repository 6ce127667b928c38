/** The name of a graph, and the field that it is changed in. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import { MOST_TITLE } from '../../state/graph-arrangement.ts';
import type { ResolvedGraph } from './resolve-graph.ts';
import { words } from './words.ts';

interface GraphTitleProps {
  readonly graph: ResolvedGraph;
  readonly renaming: boolean;
  readonly onRename: () => void;
  /** Undefined: it keeps its name. Empty: by what is in it. */
  readonly onNamed: (title: string | undefined) => void;
}

export function GraphTitle({ graph, renaming, onRename, onNamed }: GraphTitleProps) {
  const name = clipText(graph.name);
  if (renaming) return <TitleField graph={graph} onNamed={onNamed} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the mouse's way to what F2 and the options do.
    <span className="counter-title" title={`${name}\n${words.titleHint}`} onDoubleClick={onRename}>
      {clipText(graph.title, 200)}
    </span>
  );
}

function TitleField({ graph, onNamed }: Pick<GraphTitleProps, 'graph' | 'onNamed'>) {
  const [text, setText] = useState(graph.title.slice(0, MOST_TITLE));
  const field = useRef<HTMLInputElement>(null);
  const hasFocus = useRef(false);
  // Behind a menu, which gives the focus back to its button.
  useEffect(() => {
    const timer = setTimeout(() => field.current?.select(), 0);
    return () => clearTimeout(timer);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Enter') onNamed(text);
    else if (event.key === 'Escape') onNamed(undefined);
    else return;
    event.preventDefault();
  };
  return (
    <input
      ref={field}
      className="counter-title-field"
      aria-label={words.nameOf(clipText(graph.name, 100))}
      placeholder={clipText(graph.foundTitle, MOST_TITLE)}
      maxLength={MOST_TITLE}
      spellCheck={false}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={onKeyDown}
      onFocus={() => {
        hasFocus.current = true;
      }}
      onBlur={() => hasFocus.current && onNamed(text)}
    />
  );
}
