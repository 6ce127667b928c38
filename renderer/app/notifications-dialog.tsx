/** What the window has said since it was opened: messages go by themselves, and are found here. */
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { timeOfDay } from '../state/words.ts';
import { Button, clearMessages, Dialog, Icon, messagesRead, type ToastTone, useMessages } from '../widgets/index.ts';
import './notifications-dialog.css';
import { words } from './words.ts';

const ICONS = { info: Info, ok: CircleCheck, warn: TriangleAlert, error: CircleX } as const satisfies Record<ToastTone, unknown>;

export function NotificationsDialog({ onClose }: { readonly onClose: () => void }) {
  const messages = useMessages();
  // biome-ignore lint/correctness/useExhaustiveDependencies: those that come while it is open are read as well.
  useEffect(() => messagesRead(), [messages]);
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.notifications}
      width={560}
      foot={
        <>
          <Button size="l" kind="quiet" disabled={messages.length === 0} onClick={clearMessages}>
            {words.clear}
          </Button>
          <Button size="l" kind="primary" onClick={onClose}>
            {words.done}
          </Button>
        </>
      }
    >
      {messages.length === 0 ? (
        <p className="notifications-none t3">{words.noMessages}</p>
      ) : (
        <ul className="notifications" aria-label={words.messages}>
          {messages.toReversed().map(({ id, tone, title, text, atMs }) => (
            <li key={id}>
              <Icon of={ICONS[tone]} className={`tone-${tone}`} />
              <span className="visually-hidden">{words.tones[tone]}: </span>
              <div>
                <div className="medium">{title}</div>
                {text !== undefined && <div className="t2">{text}</div>}
              </div>
              <span className="grow" />
              <time className="t3">{timeOfDay(atMs)}</time>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
