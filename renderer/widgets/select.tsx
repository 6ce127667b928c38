import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import './field.css';
import { Icon } from './icon.tsx';
import './menu.css';
import { words } from './words.ts';

export interface SelectOption {
  readonly value: string;
  readonly label: string;
  readonly meta?: string | undefined;
  readonly disabled?: boolean;
}

interface SelectProps {
  readonly value: string;
  readonly options: readonly SelectOption[];
  readonly onChange: (value: string) => void;
  /** Either this, or `id` with a label of its own. */
  readonly label?: string;
  readonly id?: string;
  readonly bad?: boolean;
  readonly size?: 's' | 'm';
  readonly placeholder?: string;
  readonly 'aria-describedby'?: string | undefined;
}

export function Select({ value, options, onChange, label, id, bad = false, size = 'm', placeholder = '', ...rest }: SelectProps) {
  return (
    <Base.Root
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      modal={false}
    >
      <Base.Trigger
        className={`input select input-${size} ${bad ? 'input-bad' : ''}`}
        {...(id !== undefined && { id })}
        {...(label !== undefined && { 'aria-label': label })}
        aria-describedby={rest['aria-describedby']}
      >
        <Base.Value className="select-value" placeholder={placeholder} />
        <Icon of={ChevronDown} size="xs" />
      </Base.Trigger>
      <Base.Portal render={<section aria-label={words.choices} />}>
        <Base.Positioner className="menu-layer" alignItemWithTrigger={false} sideOffset={4} collisionPadding={8}>
          <Base.Popup className="menu menu-select">
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="menu-item" disabled={option.disabled ?? false}>
                <span className="menu-item-tick">
                  <Base.ItemIndicator>
                    <Icon of={Check} />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText className="menu-item-text">{option.label}</Base.ItemText>
                {option.meta !== undefined && <span className="menu-item-meta">{option.meta}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
