/** A recorded value as nested lists. What is folded is not there, and of a long list only the first part is until more is asked for. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import type { SliceDetails } from '../../trace/trace-worker-api.ts';
import { Icon } from '../../widgets/index.ts';
import { words } from './words.ts';

type ValueTree = NonNullable<SliceDetails['result']>['value'];

const AT_ONCE = 100;
const OPEN_BELOW = 12;

export function ValueOutline({ fields, label }: { readonly fields: readonly ValueTree[]; readonly label: string }) {
  return <Fields fields={fields} label={label} depth={0} />;
}

function Fields({ fields, label, depth }: { readonly fields: readonly ValueTree[]; readonly label?: string; readonly depth: number }) {
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <ul className="outline" {...(label !== undefined && { 'aria-label': label })}>
      {fields.slice(0, shown).map((field, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: keys of a map may be the same text twice; the place does not change.
        <Field key={index} field={field} depth={depth} />
      ))}
      {fields.length > shown && (
        <li>
          <button type="button" className="outline-more" onClick={() => setShown(shown + AT_ONCE * 10)}>
            {words.more(fields.length - shown)}
          </button>
        </li>
      )}
    </ul>
  );
}

function Field({ field, depth }: { readonly field: ValueTree; readonly depth: number }) {
  const { children } = field;
  const isBranch = children !== undefined && children.length > 0;
  const [open, setOpen] = useState(depth === 0 && isBranch && children.length < OPEN_BELOW);
  const key = clipText(field.key, 80);
  const text = (
    <>
      <bdi className="outline-key">{key}</bdi>
      <bdi className={`outline-value ${isBranch ? 't3' : ''}`} title={field.text.length > 30 ? clipText(field.text) : undefined}>
        {clipText(field.text, 200)}
      </bdi>
    </>
  );
  return (
    <li>
      {isBranch ? (
        <button type="button" className="outline-line" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon of={open ? ChevronDown : ChevronRight} size="xs" />
          {text}
        </button>
      ) : (
        <div className="outline-line outline-leaf">{text}</div>
      )}
      {open && children && <Fields fields={children} depth={depth + 1} />}
    </li>
  );
}
