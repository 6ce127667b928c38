/** Which Host and Origin headers are answered. A wrong Host is how a foreign page reaches a loopback server (DNS rebinding). */

export class HostNames {
  readonly #local: ReadonlySet<string>;
  readonly #added: ReadonlySet<string>;

  /** `added`: more names, with a port (that one) or without (any), for a studio behind a proxy or a container's port mapping. */
  constructor(port: number, added: readonly string[] = []) {
    this.#local = new Set(['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`));
    this.#added = new Set(added.map((name) => name.toLowerCase()));
  }

  isAllowed(host: string | undefined): host is string {
    return host !== undefined && (this.#local.has(host.toLowerCase()) || this.#isAdded(host));
  }

  /** A page of this very origin: its host and port are those of the request. Without an Origin it is no page at all. */
  isSameOrigin(origin: string | undefined, host: string): boolean {
    if (origin === undefined || !URL.canParse(origin)) return false;
    const { protocol, host: originHost } = new URL(origin);
    // Nothing stands between the browser and our own loopback address; https there would be another server.
    const isFitting = protocol === 'http:' || (protocol === 'https:' && this.#isAdded(host));
    return isFitting && originHost === host.toLowerCase();
  }

  #isAdded(host: string): boolean {
    const name = host.toLowerCase();
    return this.#added.has(name) || this.#added.has(name.replace(/:\d+$/, ''));
  }
}
