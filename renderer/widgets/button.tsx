import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import './button.css';
import { Icon } from './icon.tsx';
import { Tooltip } from './tooltip.tsx';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'default' | 'primary' | 'quiet' | 'danger';
  readonly size?: 's' | 'm' | 'l';
  readonly icon?: LucideIcon;
  readonly iconFilled?: boolean;
  readonly iconClass?: string;
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind = 'default', size = 'm', icon, iconFilled = false, iconClass = '', className = '', children, type, ...rest }: ButtonProps) {
  return (
    <button type={type ?? 'button'} className={`btn btn-${kind} btn-${size} ${className}`} {...rest}>
      {icon && <Icon of={icon} filled={iconFilled} className={iconClass} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  readonly icon: LucideIcon;
  /** Its name for screen readers, and its tooltip. */
  readonly label: string;
  readonly keys?: string;
}

/** A button that is only a picture: it always has a name, and a tooltip that shows it. */
export function IconButton({
  icon,
  label,
  keys,
  kind = 'quiet',
  size = 'm',
  iconFilled = false,
  iconClass = '',
  className = '',
  type,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} {...(keys !== undefined && { keys })}>
      <button type={type ?? 'button'} aria-label={label} className={`btn btn-icon btn-${kind} btn-${size} ${className}`} {...rest}>
        <Icon of={icon} filled={iconFilled} className={iconClass} />
      </button>
    </Tooltip>
  );
}
