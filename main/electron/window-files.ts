/**
 * Serves the built window under `app://studio/`: a file of the renderer's folder or a refusal, always with the headers that keep
 * the page from anything else. No path of the user's disk can be asked for here.
 */
import { randomBytes } from 'node:crypto';
import { readPageFile } from '../services/page-files.ts';
import { CONFINING_HEADERS, contentSecurityPolicy, preparePage } from '../services/window-page.ts';
import { isOwnUrl } from './origin.ts';

interface WindowFile {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** `folder` is the built renderer; `method` and `url` are the request's. Never rejects for what was asked, only for a broken disk. */
export async function windowFile(folder: string, method: string, url: string): Promise<WindowFile> {
  const nonce = randomBytes(16).toString('base64');
  const confining = { ...CONFINING_HEADERS, 'content-security-policy': contentSecurityPolicy() };
  const refuse = (status: number): WindowFile => ({ status, headers: confining, body: null });
  if (!isOwnUrl(url)) return refuse(404);
  if (method !== 'GET' && method !== 'HEAD') return refuse(405);
  const { pathname } = new URL(url);
  const file = await readPageFile(folder, pathname === '/' ? '/index.html' : pathname);
  if (!file) return refuse(404);
  const body = file.isPage ? new TextEncoder().encode(preparePage(new TextDecoder().decode(file.content), { csp: nonce })) : file.content;
  const headers = {
    ...confining,
    ...(file.isPage && { 'content-security-policy': contentSecurityPolicy({ styleNonce: nonce }) }),
    'content-type': file.type,
    'content-length': String(body.length),
    'cache-control': file.isPage ? 'no-store' : 'no-cache',
  };
  return { status: 200, headers, body: method === 'HEAD' ? null : body };
}
