import * as diagnosticsChannel from 'node:diagnostics_channel';

const { subscribe, unsubscribe } = diagnosticsChannel;

/**
 * Calls `take` with each message, until what is returned is called. What it throws is ours, and must not become an uncaught exception of the script, as Node
 * would make it.
 */
export function onChannel<Message>(name: string, take: (message: Message) => void): () => void {
  const listener = (message: unknown): void => {
    try {
      take(message as Message);
    } catch {
      // This event is missing; the script goes on.
    }
  };
  subscribe(name, listener);
  return () => void unsubscribe(name, listener);
}
