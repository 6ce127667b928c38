/**
 * `app://studio/page` ↔ `http://studio.app.localhost:PORT/page`. Chromium cannot serve a custom scheme from outside, so the loopback
 * server stands in for it; `*.localhost` is a secure context, and the app's own headers reach Chromium untouched.
 */
export class Addresses {
  #port = 0;

  set port(port: number) {
    this.#port = port;
  }

  toChromium(url: string): string {
    const parts = /^([a-z][a-z0-9+-]*):\/\/([^/?#]*)(.*)$/is.exec(url);
    if (!parts || parts[1] === 'http' || parts[1] === 'https') return url;
    return `http://${parts[2]}.${parts[1]}.localhost:${this.#port}${parts[3] || '/'}`;
  }

  toApp(url: string): string {
    const parts = /^(?:http|ws):\/\/([^/.]+)\.([a-z0-9+-]+)\.localhost:(\d+)(.*)$/is.exec(url);
    if (!parts || Number(parts[3]) !== this.#port) return url;
    return `${parts[2]}://${parts[1]}${parts[4] || '/'}`;
  }
}
