import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { IconButton } from './button.tsx';
import './dialog.css';
import { words } from './words.ts';

interface DialogProps {
  readonly open: boolean;
  /** Escape, the scrim, or the cross. */
  readonly onClose: () => void;
  readonly title: string;
  readonly about?: ReactNode;
  readonly width: number;
  readonly height?: number;
  readonly children: ReactNode;
  readonly footLeft?: ReactNode;
  readonly foot?: ReactNode;
  /** Takes the focus when it opens. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** A click outside does not close it: for forms that took work to fill. */
  readonly sticky?: boolean;
  /** A question that another dialog may ask: lies over it. */
  readonly over?: boolean;
}

/** The first thing to work with; for a question its main answer; else the dialog itself. Never the cross, which says nothing about it. */
const FIRST = '.dialog-body :is(input, textarea, select, button:not(:disabled), [role="radio"][tabindex="0"], [role="listbox"])';

export function Dialog({ open, onClose, title, about, width, height, children, footLeft, foot, initialFocus, sticky = false, over = false }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const first = () =>
    popup.current?.querySelector<HTMLElement>(FIRST) ?? popup.current?.querySelector<HTMLElement>('.dialog-foot button:last-of-type') ?? popup.current ?? true;
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} disablePointerDismissal={sticky}>
      <Base.Portal>
        <Base.Backdrop className={`dialog-scrim ${over ? 'dialog-scrim-over' : ''}`} forceRender={over} />
        <Base.Popup
          ref={popup}
          className={`dialog ${over ? 'dialog-over' : ''}`}
          data-modal-dialog
          style={{ width, ...(height !== undefined && { height }) }}
          initialFocus={initialFocus ?? first}
        >
          <div className="dialog-head">
            <Base.Title className="dialog-title">{title}</Base.Title>
            <div className="dialog-about">{about}</div>
            <IconButton icon={X} label={words.close} onClick={onClose} />
          </div>
          <div className="dialog-body">{children}</div>
          {foot && (
            <div className="dialog-foot">
              <div className="dialog-foot-left">{footLeft}</div>
              {foot}
            </div>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
