import { CircleX, type LucideIcon, TriangleAlert } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';
import './field.css';
import { Icon } from './icon.tsx';

export interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size' | 'onChange' | 'value'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly icon?: LucideIcon;
  readonly size?: 's' | 'm' | 'l';
  /** Code, paths and argument strings. */
  readonly mono?: boolean;
  readonly bad?: boolean;
  /** At the right, inside the box. */
  readonly after?: ReactNode;
  readonly ref?: Ref<HTMLInputElement>;
}

/** A box to type into. Name it with `aria-label`, or put it into a `Field`. */
export function TextField({ value, onChange, icon, size = 'm', mono = false, bad = false, after, className = '', disabled, ...rest }: TextFieldProps) {
  const classes = ['input', `input-${size}`, mono && 'input-mono', bad && 'input-bad', disabled && 'input-disabled', className].filter(Boolean).join(' ');
  return (
    <div className={classes}>
      {icon && <Icon of={icon} />}
      <input
        type="text"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        disabled={disabled}
        aria-invalid={bad || undefined}
        {...rest}
      />
      {after}
    </div>
  );
}

export interface FieldProblem {
  readonly message: string;
  readonly remedy?: string | undefined;
  /** A fix that one click does. */
  readonly fix?: { readonly label: string; readonly apply: () => void } | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: FieldProblem | undefined;
  /** The value is good, and there is something to know about it. Not shown beside a problem. */
  readonly notice?: FieldProblem | undefined;
  readonly badge?: ReactNode;
  /** Gets what ties the control to its label and messages. */
  readonly children: (control: { readonly id: string; readonly 'aria-describedby': string | undefined; readonly bad: boolean }) => ReactNode;
}

/** Label, control, hint; a problem stands beside the field with what to do about it. */
export function Field({ label, hint, problem, notice, badge, children }: FieldProps) {
  const id = useId();
  const said = problem ?? notice;
  const describedBy = said ? `${id}-said` : hint !== undefined ? `${id}-hint` : undefined;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
        {badge}
      </label>
      {children({ id, 'aria-describedby': describedBy, bad: problem !== undefined })}
      {said ? (
        <div className={problem ? 'field-error' : 'field-notice'} id={`${id}-said`} role={problem ? 'alert' : 'status'}>
          <Icon of={problem ? CircleX : TriangleAlert} />
          <span>
            {said.message} {said.remedy}{' '}
            {said.fix && (
              <button type="button" className="field-fix" onClick={said.fix.apply}>
                {said.fix.label}
              </button>
            )}
          </span>
        </div>
      ) : (
        hint !== undefined && (
          <div className="field-hint" id={`${id}-hint`}>
            {hint}
          </div>
        )
      )}
    </div>
  );
}
