/** session: permission handlers. Chromium is told what they would answer, since a headless page asks nobody. */
import { notImplemented } from '../shared/not-implemented.ts';
import { protocol } from './protocol.ts';

type PermissionCheck = (webContents: unknown, permission: string, origin: string, details: object) => boolean;
type PermissionRequest = (webContents: unknown, permission: string, callback: (granted: boolean) => void, details: object) => void;

const handlers: { check?: PermissionCheck | null; request?: PermissionRequest | null } = {};

export const defaultSession = notImplemented('session.defaultSession', {
  protocol,
  setPermissionCheckHandler(handler: PermissionCheck | null) {
    handlers.check = handler;
  },
  setPermissionRequestHandler(handler: PermissionRequest | null) {
    handlers.request = handler;
  },
  setDevicePermissionHandler(_handler: unknown) {},
});

/** Electron's permission names and Chromium's names of the same. */
export const PERMISSIONS = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['midi', 'midi'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-sanitized-write'],
] as const;

/** What Electron would decide for `origin`. Without handlers it grants everything. */
export async function decidePermission(webContents: unknown, permission: string, origin: string): Promise<boolean> {
  const details = { isMainFrame: true, requestingUrl: `${origin}/`, securityOrigin: `${origin}/` };
  if (handlers.check && !handlers.check(webContents, permission, `${origin}/`, details)) return false;
  const { request } = handlers;
  return request ? new Promise((resolve) => request(webContents, permission, resolve, details)) : true;
}
