import { List } from 'lucide-react';
import { useState } from 'react';
import type { NodeInstall } from '../../../core/protocol/studio-api.ts';
import { defaultNode } from '../../state/library-store.ts';
import { Button, Field, type FieldProblem, IconButton, Select, TextField } from '../../widgets/index.ts';
import { words } from './words.ts';

/** Stands for an empty path: a select takes an empty value for none. */
const AUTOMATIC = 'automatic';
const TYPED = 'typed';

interface NodeFieldProps {
  /** Empty: the project's pin, else the first on PATH. */
  readonly chosen: string;
  readonly nodes: readonly NodeInstall[] | undefined;
  /** The one that would run now. */
  readonly inspected: NodeInstall | undefined;
  readonly problem: FieldProblem | undefined;
  readonly onChange: (path: string) => void;
  readonly onBrowse: () => void;
}

/** Which Node: one of those that were found, or any by its path, also one in a folder that no list shows. */
export function NodeField({ chosen, nodes, inspected, problem, onChange, onBrowse }: NodeFieldProps) {
  const [typing, setTyping] = useState(false);
  return (
    <Field label={words.node} problem={problem} hint={hintOf(chosen, inspected)}>
      {(control) => (
        <div className="field-row">
          {typing ? (
            <TypedNode {...control} chosen={chosen} onChange={onChange} onList={() => setTyping(false)} />
          ) : (
            <Select
              id={control.id}
              aria-describedby={control['aria-describedby']}
              bad={control.bad}
              value={chosen || AUTOMATIC}
              options={optionsOf(chosen, nodes, chosen === '' ? inspected : undefined)}
              onChange={(value) => {
                if (value === TYPED) setTyping(true);
                else onChange(value === AUTOMATIC ? '' : value);
              }}
            />
          )}
          <Button onClick={onBrowse} aria-label={words.browseNode}>
            {words.browse}
          </Button>
        </div>
      )}
    </Field>
  );
}

interface TypedNodeProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly bad: boolean;
  readonly chosen: string;
  readonly onChange: (path: string) => void;
  readonly onList: () => void;
}

/** Taken when the field is left, or by Enter: a Node is asked who it is, and half a path may be another program. */
function TypedNode({ chosen, onChange, onList, ...control }: TypedNodeProps) {
  const [text, setText] = useState(chosen);
  const take = () => text.trim() !== chosen && onChange(text.trim());
  return (
    <TextField
      {...control}
      mono
      autoFocus
      value={text}
      placeholder={words.nodePlaceholder}
      onChange={setText}
      onBlur={take}
      onKeyDown={(event) => event.key === 'Enter' && take()}
      after={<IconButton icon={List} size="s" label={words.chooseNode} onClick={onList} />}
    />
  );
}

function optionsOf(chosen: string, nodes: readonly NodeInstall[] | undefined, inspected: NodeInstall | undefined) {
  const auto = inspected ?? defaultNode(nodes);
  const options = (nodes ?? []).map((node) => ({
    value: node.path,
    label: node.version ?? node.path,
    meta: node.problem ? node.problem : `${node.source}${node.arch ? `, ${node.arch}` : ''}`,
    disabled: node.problem !== undefined,
  }));
  if (chosen !== '' && !options.some((option) => option.value === chosen)) options.push({ value: chosen, label: chosen, meta: 'chosen', disabled: false });
  return [
    { value: AUTOMATIC, label: auto ? `Automatic, ${auto.version ?? auto.path}` : 'Automatic', meta: auto?.chosenBecause },
    ...options,
    { value: TYPED, label: 'Another one', meta: 'type its path' },
  ];
}

function hintOf(chosen: string, inspected: NodeInstall | undefined): string | undefined {
  if (!inspected) return undefined;
  return chosen === '' && inspected.chosenBecause ? `${inspected.path} (${inspected.chosenBecause})` : inspected.path;
}
