import * as diagnosticsChannel from 'node:diagnostics_channel';

const { subscribe } = diagnosticsChannel;

/** Calls `take` with each message. What it throws is ours, and must not become an uncaught exception of the script, as Node would make it. */
export function onChannel<Message>(name: string, take: (message: Message) => void): void {
  subscribe(name, (message) => {
    try {
      take(message as Message);
    } catch {
      // This event is missing; the script goes on.
    }
  });
}
