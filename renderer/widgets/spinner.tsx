import { LoaderCircle } from 'lucide-react';
import { Icon } from './icon.tsx';
import './spinner.css';

export function Spinner({ size = 's' }: { readonly size?: 's' | 'xl' }) {
  return <Icon of={LoaderCircle} size={size} className="spinner" />;
}

/** `share` from 0 to 1; undefined while it cannot be known. */
export function Progress({ share, label }: { readonly share?: number | undefined; readonly label: string }) {
  const percent = share === undefined ? undefined : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent !== undefined && { 'aria-valuenow': percent })}
    >
      <div className="progress-bar" style={{ width: `${percent ?? 30}%` }} />
    </div>
  );
}
