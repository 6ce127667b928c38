/**
 * Who may use the studio over HTTP. A link from the terminal carries a token of 256 bits that works once and is exchanged for a
 * cookie; the page that is then served carries a nonce without which no WebSocket opens, because another server on the same
 * host name gets the same cookies.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const newSecret = (): string => randomBytes(32).toString('base64url');
/** Secrets are compared by their hashes, in constant time. */
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Links that were printed and not used; older ones stop working. */
const MAX_LINKS = 8;
/** Browsers (profiles) that hold a cookie, and loads of the page in each that may still connect. */
const MAX_SESSIONS = 32;
const MAX_NONCES = 64;

interface Session {
  readonly hash: Buffer;
  readonly nonces: Buffer[];
}

export class Access {
  #links: Buffer[] = [];
  #sessions: Session[] = [];

  /** A token for one link. */
  mintToken(): string {
    const token = newSecret();
    this.#links = [...this.#links, hashOf(token)].slice(-MAX_LINKS);
    return token;
  }

  /** Uses up a token. Returns the cookie's value, or undefined for a token that is wrong or was used. */
  redeem(token: string): string | undefined {
    const hash = hashOf(token);
    const index = this.#links.findIndex((link) => timingSafeEqual(link, hash));
    if (index < 0) return undefined;
    this.#links.splice(index, 1);
    const cookie = newSecret();
    this.#sessions = [...this.#sessions, { hash: hashOf(cookie), nonces: [] }].slice(-MAX_SESSIONS);
    return cookie;
  }

  isKnown(cookie: string | undefined): boolean {
    return this.#session(cookie) !== undefined;
  }

  /** A nonce for one load of the page. */
  mintNonce(cookie: string): string {
    const nonce = newSecret();
    const nonces = this.#session(cookie)?.nonces;
    nonces?.push(hashOf(nonce));
    if (nonces && nonces.length > MAX_NONCES) nonces.shift();
    return nonce;
  }

  isPage(cookie: string | undefined, nonce: string): boolean {
    const hash = hashOf(nonce);
    return this.#session(cookie)?.nonces.some((known) => timingSafeEqual(known, hash)) ?? false;
  }

  #session(cookie: string | undefined): Session | undefined {
    if (cookie === undefined) return undefined;
    const hash = hashOf(cookie);
    return this.#sessions.find((session) => timingSafeEqual(session.hash, hash));
  }
}

/** The value of one cookie of a Cookie header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
