/**
 * Serves the built window under `app://studio/`: a file of the renderer's folder or a refusal, always with the headers that keep
 * the page from anything else. No path of the user's disk can be asked for here.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isOwnUrl } from './origin.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** What the page's HTML holds where the nonce belongs. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

export interface WindowFile {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** `folder` is the built renderer; `method` and `url` are the request's. Never rejects for what was asked, only for a broken disk. */
export async function windowFile(folder: string, method: string, url: string): Promise<WindowFile> {
  const nonce = randomBytes(16).toString('base64');
  const refuse = (status: number): WindowFile => ({ status, headers: securityHeaders(nonce), body: null });
  if (!isOwnUrl(url)) return refuse(404);
  if (method !== 'GET' && method !== 'HEAD') return refuse(405);
  const file = fileInside(folder, new URL(url).pathname);
  const contentType = file && CONTENT_TYPES[path.extname(file)];
  if (!file || !contentType) return refuse(404);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (!bytes) return refuse(404);
  const isPage = file.endsWith('.html');
  const body = isPage ? new TextEncoder().encode(bytes.toString('utf8').replaceAll(NONCE_PLACEHOLDER, nonce)) : new Uint8Array(bytes);
  const headers = {
    ...securityHeaders(nonce),
    'content-type': contentType,
    'content-length': String(body.length),
    'cache-control': isPage ? 'no-store' : 'no-cache',
  };
  return { status: 200, headers, body: method === 'HEAD' ? null : body };
}

/** Undefined for a path that leads out of the folder or cannot be a file's. */
function fileInside(folder: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined; // a broken escape names nothing
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined;
  const file = path.resolve(folder, `.${decoded === '/' ? '/index.html' : decoded}`);
  const relative = path.relative(folder, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? undefined : file;
}

/** The nonce admits the style elements that libraries insert while the page runs; scripts come from files only. */
function securityHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
}
