import { CornerDownLeft } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import type { SessionId } from '../../../core/protocol/session-types.ts';
import { useClients } from '../../state/clients.tsx';
import { isRunning, useSessionById } from '../../state/session-store.ts';
import { Button, TextField, toastProblem } from '../../widgets/index.ts';
import { words } from './words.ts';

const MOST_REMEMBERED = 100;

/** What the user types goes to the script's stdin, line by line. Shown while the script runs. */
export function StdinForm({ session }: { readonly session: SessionId }) {
  const { studio } = useClients();
  const running = isRunning(useSessionById(session));
  const [text, setText] = useState('');
  const [ended, setEnded] = useState(false);
  const sent = useRef<string[]>([]);
  const back = useRef(0);
  if (!running) return null;

  const send = (event: FormEvent) => {
    event.preventDefault();
    studio.request('session.stdin', { session, text: `${text}\n` }).then(() => {
      if (text !== '') sent.current = [...sent.current, text].slice(-MOST_REMEMBERED);
      back.current = 0;
      setText('');
    }, toastProblem);
  };
  const end = () => {
    studio.request('session.stdin', { session, text: '', end: true }).then(() => setEnded(true), toastProblem);
  };
  const recall = (by: number) => {
    back.current = Math.max(0, Math.min(sent.current.length, back.current + by));
    setText(back.current === 0 ? '' : (sent.current[sent.current.length - back.current] ?? ''));
  };
  return (
    <form className="console-stdin" onSubmit={send}>
      <TextField
        aria-label={words.input}
        placeholder={ended ? words.inputEnded : words.typeALine}
        mono
        size="s"
        value={text}
        onChange={setText}
        disabled={ended}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
          event.preventDefault();
          recall(event.key === 'ArrowUp' ? 1 : -1);
        }}
      />
      <Button type="submit" size="s" icon={CornerDownLeft} disabled={ended}>
        {words.send}
      </Button>
      <Button kind="quiet" size="s" disabled={ended} title={words.endInputHint} onClick={end}>
        {words.endInput}
      </Button>
    </form>
  );
}
