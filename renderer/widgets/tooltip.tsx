import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd.tsx';
import './tooltip.css';

interface TooltipProps {
  readonly text: ReactNode;
  readonly keys?: string;
  /** One element that takes a ref and the trigger's handlers. */
  readonly children: ReactElement;
}

/** Words on hover and focus. It repeats or explains; what is needed to work with a control stands in its name. */
export function Tooltip({ text, keys, children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className="tooltip-layer" sideOffset={6} collisionPadding={6}>
          <Base.Popup className="tooltip">
            <span>{text}</span>
            {keys !== undefined && <Kbd>{keys}</Kbd>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export const TooltipProvider = ({ children }: { readonly children: ReactNode }) => <Base.Provider delay={350}>{children}</Base.Provider>;
