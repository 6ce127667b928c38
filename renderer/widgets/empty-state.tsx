import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import './empty-state.css';
import { Icon } from './icon.tsx';

interface EmptyStateProps {
  readonly icon: LucideIcon;
  /** One line that says what is. */
  readonly title: string;
  /** One line that says why. */
  readonly children?: ReactNode;
  /** Code that would fill this place. */
  readonly code?: ReactNode;
  readonly actions?: ReactNode;
  readonly tone?: 'plain' | 'error';
}

export function EmptyState({ icon, title, children, code, actions, tone = 'plain' }: EmptyStateProps) {
  return (
    <div className={`empty empty-${tone}`}>
      <Icon of={icon} size="xl" />
      <div className="empty-title">{title}</div>
      {children && <div className="empty-why">{children}</div>}
      {code}
      {actions && <div className="empty-actions">{actions}</div>}
    </div>
  );
}
