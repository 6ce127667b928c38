/**
 * The web host: serves the window over HTTP on loopback, and carries the ByteChannels of services and collector over WebSockets.
 * Who may: access.ts. What is answered at all: host-names.ts. Everything that changes something goes over a WebSocket.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ProblemError } from '../../core/base/result.ts';
import type { HostPort, Studio } from '../services/host-port.ts';
import { readPageFile } from '../services/page-files.ts';
import { CONFINING_HEADERS, contentSecurityPolicy, preparePage } from '../services/window-page.ts';
import { Access, readCookie } from './access.ts';
import { HostNames } from './host-names.ts';
import { pipeChannels, SocketChannel } from './socket-channel.ts';

/** The largest request of a window is a line of stdin of a megabyte, as JSON. */
const MAX_PAYLOAD = 8 * 1024 * 1024;
const MAX_SOCKETS = 64;
const MAX_CONNECTIONS = 256;
const PING_MS = 30_000;
const CLOSE_MS = 500;

export interface WebHostOptions {
  readonly studio: Studio;
  /** dist/renderer. */
  readonly rendererFolder: string;
  /** 0: any free one. */
  readonly port: number;
  /** `127.0.0.1` unless the user asked for another with --host. */
  readonly host: string;
  readonly allowHosts: readonly string[];
  /** Files to open in the first window that comes. */
  readonly openPaths?: readonly string[];
}

export interface WebHost {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, without a token. */
  readonly origin: string;
  /** A link that opens the studio once. */
  freshLink(): string;
  /** Windows that are connected. */
  windows(): number;
  close(): Promise<void>;
}

/** Rejects when the port cannot be had. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const server = createServer({ maxHeaderSize: 16 * 1024 });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const running = new Running(options, port);
  server.on('request', (request, response) => void running.answer(request, response));
  server.on('upgrade', (request, socket, head) => running.upgrade(request, socket, head));
  // Bytes that are not HTTP: that connection ends, the server goes on.
  server.on('clientError', (_error, socket) => socket.destroy());
  const isEverywhere = options.host === '0.0.0.0' || options.host === '::';
  const shown = isEverywhere ? '127.0.0.1' : options.host.includes(':') ? `[${options.host}]` : options.host;
  const origin = `http://${shown}:${port}`;
  return {
    port,
    origin,
    freshLink: () => `${origin}/?t=${running.access.mintToken()}`,
    windows: () => running.windows,
    close: () => {
      running.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

class Running {
  readonly access = new Access();
  readonly #options: WebHostOptions;
  readonly #names: HostNames;
  readonly #cookieName: string;
  readonly #sockets: WebSocketServer;
  readonly #alive = new WeakSet<WebSocket>();
  readonly #pinging: NodeJS.Timeout;
  #toOpen: readonly string[];
  windows = 0;

  constructor(options: WebHostOptions, port: number) {
    this.#options = options;
    const own = /^(0\.0\.0\.0|::|127\.0\.0\.1|::1|localhost)$/.test(options.host) ? [] : [`${options.host}:${port}`];
    this.#names = new HostNames(port, [...options.allowHosts, ...own]);
    // Cookies do not know ports: without it in the name two studios on one host would overwrite each other's.
    this.#cookieName = `trace-studio-${port}`;
    this.#toOpen = options.openPaths ?? [];
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD, perMessageDeflate: false, clientTracking: true });
    this.#pinging = setInterval(() => this.#ping(), PING_MS).unref();
  }

  close(): void {
    clearInterval(this.#pinging);
    for (const socket of this.#sockets.clients) socket.close(1001, 'the studio ends');
    // A window that does not answer (a suspended tab, a broken line) must not keep the studio from ending.
    setTimeout(() => {
      for (const socket of this.#sockets.clients) socket.terminate();
    }, CLOSE_MS).unref();
    this.#sockets.close();
  }

  // --- HTTP -------------------------------------------------------------------------------------------------------

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headersFor(request.headers.host))) response.setHeader(name, value);
    try {
      await this.#route(request, response);
    } catch (error) {
      if (!response.headersSent) say(response, 500, `The studio cannot answer: ${(error as Error).message}`);
      else response.destroy();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host } = request.headers;
    if (!this.#names.isAllowed(host)) {
      return say(
        response,
        421,
        `This studio does not answer for ${JSON.stringify(host ?? '')}. Open it by the address that it printed, or start it with --allow-host.`,
      );
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return say(response, 405, 'Only GET and HEAD are answered.');
    }
    const url = parseUrl(request.url);
    if (!url) return say(response, 400, 'The address cannot be read.');
    const cookie = readCookie(request.headers.cookie, this.#cookieName);
    const isKnown = this.access.isKnown(cookie);
    const token = url.searchParams.get('t');
    if (url.pathname === '/' && token !== null) return this.#enter(request, response, token, isKnown);
    if (!isKnown || cookie === undefined) return say(response, 403, NO_ACCESS);
    if (url.pathname === '/' || url.pathname === '/index.html') return this.#sendPage(request, response, cookie);
    return this.#sendFile(request, response, url.pathname);
  }

  /** The link of the terminal: exchanges its token for the cookie. With the cookie in place (a reload) it leads on as well. */
  #enter(request: IncomingMessage, response: ServerResponse, token: string, isKnown: boolean): void {
    // A HEAD is a preview of some program: it must not use up the token.
    const cookie = isKnown || request.method === 'HEAD' ? undefined : this.access.redeem(token);
    if (cookie === undefined && !isKnown) {
      say(response, 403, request.method === 'HEAD' ? 'Use GET.' : USED_UP);
      return;
    }
    if (cookie !== undefined) response.setHeader('Set-Cookie', `${this.#cookieName}=${cookie}; HttpOnly; SameSite=Strict; Path=/`);
    const site = request.headers['sec-fetch-site'];
    if (site === 'cross-site' || site === 'same-site') {
      // Clicked in another page (a terminal in the browser): after a redirect a strict cookie would stay away, a page that leads on is of our own site.
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><title>Trace Studio</title><meta http-equiv="refresh" content="0;url=/">');
      return;
    }
    response.writeHead(303, { Location: '/' });
    response.end();
  }

  async #sendPage(request: IncomingMessage, response: ServerResponse, cookie: string): Promise<void> {
    const html = await readFile(path.join(this.#options.rendererFolder, 'index.html'), 'utf8').catch(() => {
      throw new Error('its window is not built. Run npm run build, or install it again.');
    });
    const styleNonce = randomBytes(16).toString('base64url');
    const page = preparePage(html, { csp: styleNonce, page: this.access.mintNonce(cookie) });
    response.setHeader('Content-Security-Policy', contentSecurityPolicy({ styleNonce, connect: socketSources(request.headers.host) }));
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(page) });
    response.end(request.method === 'HEAD' ? undefined : page);
  }

  async #sendFile(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const file = await readPageFile(this.#options.rendererFolder, pathname);
    if (!file) return say(response, 404, 'There is no such file.');
    if (file.isHashed) response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
    response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': file.content.length });
    response.end(request.method === 'HEAD' ? undefined : file.content);
  }

  // --- WebSockets -------------------------------------------------------------------------------------------------

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A browser that goes away in the middle of the handshake.
    socket.on('error', () => socket.destroy());
    const refusal = this.#whyNotUpgrade(request);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#alive.add(webSocket);
      webSocket.on('pong', () => this.#alive.add(webSocket));
      if (parseUrl(request.url)?.pathname === '/services') this.#attachWindow(webSocket);
      else void this.#attachCollector(webSocket);
    });
  }

  #whyNotUpgrade(request: IncomingMessage): string | undefined {
    const { host, origin } = request.headers;
    const url = parseUrl(request.url);
    if (!this.#names.isAllowed(host)) return '421 Misdirected Request';
    if (url?.pathname !== '/services' && url?.pathname !== '/collector') return '404 Not Found';
    const cookie = readCookie(request.headers.cookie, this.#cookieName);
    const isOurs = this.#names.isSameOrigin(origin, host) && this.access.isPage(cookie, url.searchParams.get('n') ?? '');
    if (!isOurs) return '403 Forbidden';
    return this.#sockets.clients.size >= MAX_SOCKETS ? '503 Service Unavailable' : undefined;
  }

  #attachWindow(socket: WebSocket): void {
    this.windows++;
    socket.on('close', () => this.windows--);
    // A page tells its title when it is up, and listens by then.
    this.#options.studio.attachWindow(new SocketChannel(socket), { ...webPort, setDocument: () => this.#openGivenPaths() });
  }

  #openGivenPaths(): void {
    for (const path of this.#toOpen) this.#options.studio.push('open-path', { path });
    this.#toOpen = [];
  }

  async #attachCollector(socket: WebSocket): Promise<void> {
    const channel = new SocketChannel(socket);
    // Frames that come before the collector's channel is there must not be lost.
    const early: Uint8Array[] = [];
    channel.onFrame = (frame) => early.push(frame);
    try {
      const collector = await this.#options.studio.openCollectorWindow();
      pipeChannels(channel, collector);
      for (const frame of early) collector.send(frame);
      if (socket.readyState !== socket.OPEN) collector.close();
    } catch (error) {
      socket.close(1011, `the recorder cannot be reached: ${(error as Error).message}`.slice(0, 120));
    }
  }

  #ping(): void {
    for (const socket of this.#sockets.clients) {
      if (!this.#alive.has(socket)) socket.terminate();
      else {
        this.#alive.delete(socket);
        socket.ping();
      }
    }
  }
}

const NO_ACCESS = 'This studio opens only by the link that it prints in its terminal. Press Enter there for a fresh one.';
const USED_UP = 'This link was used already: it works once. Press Enter in the terminal of the studio for a fresh one.';

const socketSources = (host: string | undefined): readonly string[] => (host === undefined ? [] : [`ws://${host}`, `wss://${host}`]);

/** On every answer, whatever it is. A worker's script needs the policy as much as the page. */
function headersFor(host: string | undefined): Readonly<Record<string, string>> {
  const isPlain = host !== undefined && /^[A-Za-z0-9.:[\]_-]+$/.test(host);
  return {
    'Content-Security-Policy': contentSecurityPolicy({ connect: isPlain ? socketSources(host) : [] }),
    ...CONFINING_HEADERS,
    'X-Frame-Options': 'DENY',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
    'Cache-Control': 'no-store',
  };
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}

function parseUrl(url: string | undefined): URL | undefined {
  // Origin form only: `//other/` and absolute addresses are not ours.
  return url?.startsWith('/') && !url.startsWith('//') && URL.canParse(url, 'http://studio') ? new URL(url, 'http://studio') : undefined;
}

/** A browser has no dialogs of ours: the window shows its own file panel, and opens links by itself. */
const webPort: HostPort = {
  kind: 'web',
  nativeDialogs: false,
  pickOpen: () => Promise.reject(noDialogs()),
  pickSave: () => Promise.reject(noDialogs()),
  openExternal: () => Promise.reject(new ProblemError({ code: 'not-in-browser', message: 'In a browser the window opens links itself.' })),
  reveal: () =>
    Promise.reject(
      new ProblemError({
        code: 'not-in-browser',
        message: 'A file manager cannot be opened from the browser.',
        remedy: 'Copy the path and open it on the machine where the studio runs.',
      }),
    ),
  setDocument: () => {},
  addRecent: () => {},
  close: () => {},
};

const noDialogs = () =>
  new ProblemError({ code: 'no-dialogs', message: 'The studio in a browser has no dialogs of the system.', remedy: 'Use the file panel.' });
