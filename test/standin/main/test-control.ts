/** How a test steers the stand-in: messages over the process's own channel, in the manner of Playwright's ElectronApplication. */
import { type DialogAnswers, outsideCalls, preparedAnswers } from './dialog-and-shell.ts';

export type ControlRequest = { readonly id: number } & (
  | { readonly kind: 'evaluate'; readonly code: string; readonly argument: unknown }
  | { readonly kind: 'prepare'; readonly dialog: keyof DialogAnswers; readonly answer: DialogAnswers[keyof DialogAnswers] }
  | { readonly kind: 'outside-calls' }
);

export type ControlAnswer =
  | { readonly kind: 'ready'; readonly endpoint: string }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: string };

export function tellTest(answer: ControlAnswer): void {
  // The test may end while an answer is under way.
  if (process.connected) process.send?.(answer, undefined, {}, () => {});
}

/** `orphaned`: the test is gone, and nothing may stay behind. */
export function obeyTest(electron: object, orphaned: () => void): void {
  if (!process.send) return;
  process.on('disconnect', orphaned);
  process.on('message', async (request: ControlRequest) => {
    try {
      tellTest({ kind: 'done', id: request.id, value: await obey(electron, request) });
    } catch (error) {
      tellTest({ kind: 'failed', id: request.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}

async function obey(electron: object, request: ControlRequest): Promise<unknown> {
  switch (request.kind) {
    case 'evaluate': {
      // The text of a function of the test, called with the electron module as Playwright does.
      const run = new Function('electron', 'argument', `return (${request.code})(electron, argument)`);
      return (await run(electron, request.argument)) ?? null;
    }
    case 'prepare':
      (preparedAnswers[request.dialog] as DialogAnswers[keyof DialogAnswers][]).push(request.answer);
      return null;
    case 'outside-calls':
      return outsideCalls;
  }
}
