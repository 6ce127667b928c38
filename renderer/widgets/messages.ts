/** Messages that were shown, kept for who missed them. */
import { useSyncExternalStore } from 'react';
import type { ToastContent } from './toast.tsx';

export interface KeptMessage extends Pick<ToastContent, 'tone' | 'title' | 'text'> {
  readonly id: number;
  readonly atMs: number;
}

const MOST = 200;
let kept: readonly KeptMessage[] = [];
let nextId = 1;
/** Id of the last one that was read. */
let read = 0;
const listeners = new Set<() => void>();

const tell = () => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

export function keepMessage({ tone, title, text }: ToastContent): void {
  kept = [...kept, { id: nextId++, tone, title, text, atMs: Date.now() }].slice(-MOST);
  tell();
}

export function clearMessages(): void {
  kept = [];
  tell();
}

export function messagesRead(): void {
  const last = nextId - 1;
  if (read === last) return;
  read = last;
  tell();
}

const all = (): readonly KeptMessage[] => kept;
/** Warnings and failures that nobody has looked at. */
const unread = (): number => kept.filter(({ id, tone }) => id > read && (tone === 'warn' || tone === 'error')).length;

/** In the order of time. */
export const useMessages = (): readonly KeptMessage[] => useSyncExternalStore(subscribe, all);
export const useUnreadMessages = (): number => useSyncExternalStore(subscribe, unread);
