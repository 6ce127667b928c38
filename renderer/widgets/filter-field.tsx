import { type LucideIcon, Search, X } from 'lucide-react';
import { IconButton } from './button.tsx';
import { TextField } from './field.tsx';
import { words } from './words.ts';

interface FilterFieldProps {
  /** What the field is called. */
  readonly label: string;
  /** Shown while it is empty; absent: the label. */
  readonly placeholder?: string;
  readonly icon?: LucideIcon;
  readonly className: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Enter: to the next place; `isBackwards` with Shift. */
  readonly onEnter?: (isBackwards: boolean) => void;
}

/** A box whose text narrows a list or looks for something in it. Escape and its cross empty it; an empty one leaves Escape to what is around it. */
export function FilterField({ label, placeholder = label, icon = Search, className, value, onChange, onEnter }: FilterFieldProps) {
  return (
    <TextField
      className={className}
      aria-label={label}
      placeholder={placeholder}
      icon={icon}
      size="s"
      value={value}
      onChange={onChange}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && onEnter) onEnter(event.shiftKey);
        else if (event.key === 'Escape' && value !== '') onChange('');
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      after={value !== '' && <IconButton icon={X} size="s" label={words.clearFilter} onClick={() => onChange('')} />}
    />
  );
}
