/** Checkbox, switch, segments and cards: everything that chooses. */
import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox';
import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Switch } from '@base-ui/react/switch';
import { Check } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import './choice.css';
import { Icon } from './icon.tsx';

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

export function Checkbox({ checked, onChange, label, hint, disabled = false }: CheckProps) {
  const id = useId();
  return (
    <div className="choice-line">
      <BaseCheckbox.Root
        className="check"
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-labelledby={`${id}-label`}
        {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
      >
        <BaseCheckbox.Indicator>
          <Icon of={Check} />
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the checkbox beside it takes the keys; this only makes its words clickable. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above. */}
      <span onClick={() => !disabled && onChange(!checked)}>
        <span id={`${id}-label`}>{label}</span>
        {hint !== undefined && (
          <span className="choice-hint" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </span>
    </div>
  );
}

/** A switch: acts at once, unlike a checkbox in a form. */
export function Toggle({ checked, onChange, label, disabled = false }: Omit<CheckProps, 'hint'>) {
  return (
    <Switch.Root className="switch" checked={checked} onCheckedChange={onChange} disabled={disabled} aria-label={label}>
      <Switch.Thumb className="switch-thumb" />
    </Switch.Root>
  );
}

export interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
}

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
}

/** A few words of which one holds. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  return (
    <RadioGroup className="segments" aria-label={label} value={value} onValueChange={(next) => onChange(next as T)}>
      {options.map((option) => (
        <Radio.Root key={option.value} value={option.value} className="segments-item">
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}

export interface CardOption<T extends string> extends Option<T> {
  readonly text: string;
  readonly art?: ReactNode;
}

interface CardChoicesProps<T extends string> extends Omit<SegmentsProps<T>, 'options'> {
  readonly options: readonly CardOption<T>[];
}

export function CardChoices<T extends string>({ label, value, options, onChange }: CardChoicesProps<T>) {
  return (
    <RadioGroup className="card-choices" aria-label={label} value={value} onValueChange={(next) => onChange(next as T)}>
      {options.map((option) => (
        <Radio.Root key={option.value} value={option.value} className="card-choice" aria-label={option.label} render={<div />}>
          <span className="card-choice-title">
            <i aria-hidden="true" />
            {option.label}
          </span>
          {option.art && <span className="card-choice-art">{option.art}</span>}
          <span className="card-choice-text">{option.text}</span>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
