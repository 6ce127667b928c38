/** What no page may do, whichever it is: leave our address, open windows, embed others, ask for the machine's devices. */
import type { App, Session, WebContents } from 'electron';
import { isOwnUrl } from './origin.ts';

/** The clipboard only for writing what the user copies; full screen for a presentation. */
const PERMITTED: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'fullscreen']);

export function guardPermissions(session: Session): void {
  session.setPermissionCheckHandler((_contents, permission, origin) => PERMITTED.has(permission) && isOwnUrl(origin));
  session.setPermissionRequestHandler((_contents, permission, answer, details) => answer(PERMITTED.has(permission) && isOwnUrl(details.requestingUrl)));
  session.setDevicePermissionHandler(() => false);
}

export function guardPages(app: App): void {
  app.on('web-contents-created', (_event, contents) => guardNavigation(contents));
}

function guardNavigation(contents: WebContents): void {
  // A dropped file and a link alike come by here. Links of the studio are opened by a request to main, never by navigating.
  contents.on('will-navigate', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
