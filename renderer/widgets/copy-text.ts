import { toast } from './toast.tsx';
import { words } from './words.ts';

/** Puts a text on the clipboard and says whether it is there. */
export function copyText(text: string, done: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast({ tone: 'ok', title: done }),
    () => toast({ tone: 'error', title: words.notCopied, text: words.notCopiedText }),
  );
}
