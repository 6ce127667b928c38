/** What both hosts do to the window's page when they serve it: the policy, and the nonces that belong to one load. */

/** In index.html where the nonce for styles that libraries insert is to stand. */
const CSP_NONCE_PLACEHOLDER = '__CSP_NONCE__';

/** Puts the nonces into index.html. `page`: what the page shows when it opens its WebSockets (web host). */
export function preparePage(html: string, nonces: { readonly csp: string; readonly page?: string }): string {
  const withCsp = html.replaceAll(CSP_NONCE_PLACEHOLDER, nonces.csp);
  if (nonces.page === undefined) return withCsp;
  return withCsp.replace(/<head[^>]*>/, (head) => `${head}<meta name="studio-nonce" content="${nonces.page}">`);
}

/**
 * Nothing from elsewhere, no inline script, no eval. `styleNonce`: of a page. Without one it is for all else, of which the scripts of workers have a
 * policy of their own: these may compile WebAssembly (the scanner of trace events). `connect`: sources beside the page's own origin, for browsers to
 * which 'self' does not mean WebSockets of the same host.
 */
export function contentSecurityPolicy(options: { readonly styleNonce?: string; readonly connect?: readonly string[] } = {}): string {
  const { styleNonce, connect = [] } = options;
  return [
    "default-src 'none'",
    styleNonce === undefined ? "script-src 'self' 'wasm-unsafe-eval'" : "script-src 'self'",
    styleNonce === undefined ? "style-src 'self'" : `style-src 'self' 'nonce-${styleNonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ['connect-src', "'self'", ...connect].join(' '),
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** On every answer beside the policy: nobody may embed the page or share its process, and nothing says where it came from. */
export const CONFINING_HEADERS: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
