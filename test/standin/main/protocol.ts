/** protocol.handle: the loopback server asks these handlers for what a page under a custom scheme loads. */
import { notImplemented } from '../shared/not-implemented.ts';

export type SchemeHandler = (request: Request) => Response | Promise<Response>;
export const schemeHandlers = new Map<string, SchemeHandler>();
const privileged = new Set<string>();

export const protocol = notImplemented('protocol', {
  registerSchemesAsPrivileged(schemes: readonly { readonly scheme: string; readonly privileges?: object }[]) {
    for (const { scheme } of schemes) privileged.add(scheme);
  },
  handle(scheme: string, handler: SchemeHandler) {
    if (schemeHandlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    // The loopback address is a secure context with an origin; only a scheme declared so is like it in Electron.
    if (!privileged.has(scheme)) throw new Error(`stand-in: scheme ${scheme} has to be registered as privileged first`);
    schemeHandlers.set(scheme, handler);
  },
  isProtocolHandled: (scheme: string) => schemeHandlers.has(scheme),
});
