import { Plus, Trash2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import { Button, IconButton, TextField } from '../../widgets/index.ts';
import { words } from './words.ts';

type Variables = LaunchConfig['environment'];

interface EnvironmentTableProps {
  readonly variables: Variables;
  readonly onChange: (variables: Variables) => void;
  readonly bad: boolean;
}

export function EnvironmentTable({ variables, onChange, bad }: EnvironmentTableProps) {
  const added = useRef(false);
  const table = useRef<HTMLTableElement>(null);
  const set = (index: number, change: Partial<Variables[number]>) => onChange(variables.map((each, at) => (at === index ? { ...each, ...change } : each)));

  // The name of a new row takes the focus.
  useEffect(() => {
    if (!added.current) return;
    added.current = false;
    table.current?.querySelector<HTMLInputElement>('tbody tr:last-child input')?.focus();
  });

  return (
    <div>
      {variables.length > 0 && (
        <table className="env-table" ref={table} aria-label={words.environmentVariables}>
          <thead>
            <tr>
              <th scope="col" className="env-name">
                {words.name}
              </th>
              <th scope="col">{words.value}</th>
              <th scope="col">
                <span className="visually-hidden">{words.remove}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {variables.map((variable, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity, and are edited in place.
              <tr key={index}>
                <td className="env-name">
                  <TextField
                    size="s"
                    mono
                    aria-label={words.variableName(index + 1)}
                    value={variable.name}
                    placeholder={words.variablePlaceholder}
                    bad={bad && (variable.name === '' || /[=\s]/.test(variable.name))}
                    onChange={(name) => set(index, { name })}
                  />
                </td>
                <td>
                  <TextField
                    size="s"
                    mono
                    aria-label={words.valueOf(variable.name || words.variable(index + 1))}
                    value={variable.value}
                    placeholder={words.empty}
                    onChange={(value) => set(index, { value })}
                  />
                </td>
                <td>
                  <IconButton
                    icon={Trash2}
                    size="s"
                    label={words.removeOne(variable.name || words.variable(index + 1))}
                    onClick={() => onChange(variables.filter((_, at) => at !== index))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Button
        size="s"
        icon={Plus}
        onClick={() => {
          added.current = true;
          onChange([...variables, { name: '', value: '' }]);
        }}
      >
        {words.addVariable}
      </Button>
    </div>
  );
}
