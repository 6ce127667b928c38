/** ipcMain: messages and invocations from preload scripts. */
import { GuardedEmitter } from './guarded-emitter.ts';

type InvokeHandler = (event: unknown, ...args: unknown[]) => unknown;

export class IpcMain extends GuardedEmitter {
  readonly #handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  readonly standin = {
    /** Rejects in Electron's words when nobody handles the channel. */
    invoke: async (channel: string, event: unknown, args: readonly unknown[]): Promise<unknown> => {
      const handler = this.#handlers.get(channel);
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      return handler(event, ...args);
    },
  };
}
