import { Toast as Base } from '@base-ui/react/toast';
import { CircleCheck, CircleX, Info, TriangleAlert, X } from 'lucide-react';
import { Icon } from './icon.tsx';
import { keepMessage } from './messages.ts';
import './toast.css';
import { words } from './words.ts';

const manager = Base.createToastManager();
const ICONS = { info: Info, ok: CircleCheck, warn: TriangleAlert, error: CircleX } as const;
export type ToastTone = keyof typeof ICONS;

export interface ToastContent {
  readonly tone: ToastTone;
  readonly title: string;
  readonly text?: string | undefined;
  readonly action?: { readonly label: string; readonly apply: () => void } | undefined;
  /** The same key replaces the toast of before. */
  readonly key?: string | undefined;
}

/** A message that does not stop the work. It goes by itself; the pointer over it keeps it. */
export function toast(content: ToastContent): void {
  const { tone, title, text, action, key } = content;
  keepMessage(content);
  const id = manager.add({
    ...(key !== undefined && { id: key }),
    type: tone,
    title,
    ...(text !== undefined && { description: text }),
    priority: tone === 'error' ? 'high' : 'low',
    timeout: tone === 'error' ? 20_000 : 6000,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          // It would lie over what its own answer has opened.
          manager.close(id);
          action.apply();
        },
      },
    }),
  });
}

/** Takes away a message that no longer holds. */
export function endToast(key: string): void {
  manager.close(key);
}

/** A failure in words: what, and what to do. */
export function toastProblem(error: unknown, title?: string): void {
  const { message, remedy } = (error ?? {}) as { message?: unknown; remedy?: unknown };
  const what = typeof message === 'string' ? message : String(error);
  const text = [title === undefined ? undefined : what, typeof remedy === 'string' ? remedy : undefined].filter((part) => part !== undefined).join(' ');
  toast({ tone: 'error', title: title ?? what, ...(text !== '' && { text }) });
}

/** The library makes a dialog of each message, and hides its cross from screen readers while the cross can have the focus. */
const AS_GROUP = { role: 'group', 'aria-modal': undefined };
const NOT_HIDDEN = { 'aria-hidden': undefined };

function List() {
  const { toasts } = Base.useToastManager();
  return toasts.map((each) => (
    <Base.Root key={each.id} toast={each} className="toast" swipeDirection={[]} {...AS_GROUP}>
      <Icon of={ICONS[(each.type ?? 'info') as ToastTone]} size="m" />
      <div className="toast-words">
        <Base.Title className="toast-title" render={<div />} />
        <Base.Description className="toast-text" render={<div />} />
      </div>
      <Base.Action className="toast-action" />
      <Base.Close className="btn btn-quiet btn-s btn-icon" aria-label={words.closeMessage} {...NOT_HIDDEN}>
        <Icon of={X} size="xs" />
      </Base.Close>
    </Base.Root>
  ));
}

export function Toasts() {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport className="toasts" aria-label={words.messages}>
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}
