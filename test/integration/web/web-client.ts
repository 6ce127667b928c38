/** A browser as far as the web host can tell: requests with any headers, a cookie, WebSockets. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { WebSocket } from 'ws';
import { SocketChannel } from '../../../main/web/socket-channel.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `path` is sent as it is: a client library would tidy it up. */
export function ask(port: number, { path, method = 'GET', headers = {} }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers }, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Uses a printed link: the cookie, as a Cookie header. */
export async function enter(link: string): Promise<{ readonly port: number; readonly cookie: string }> {
  const url = new URL(link);
  const port = Number(url.port);
  const answer = await ask(port, { path: url.pathname + url.search });
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0];
  if (answer.status !== 303 || cookie === undefined) throw new Error(`the link was answered with ${answer.status}: ${answer.body}`);
  return { port, cookie };
}

/** Loads the page and reads the nonce out of it. */
export async function loadPage(port: number, cookie: string): Promise<{ readonly page: Answer; readonly nonce: string }> {
  const page = await ask(port, { path: '/', headers: { cookie } });
  return { page, nonce: /<meta name="studio-nonce" content="([^"]+)">/.exec(page.body)?.[1] ?? '' };
}

export interface SocketQuestion {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** 101 with the open socket, or the status of the refusal. */
export function openSocket(port: number, { path, headers }: SocketQuestion): Promise<{ readonly status: number; readonly socket?: WebSocket }> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.on('open', () => resolve({ status: 101, socket }));
    socket.on('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode ?? 0 });
      socket.terminate();
    });
    // Follows a refusal; the answer has told already.
    socket.on('error', () => {});
  });
}

/** A channel as the page opens it. */
export async function openChannel(port: number, cookie: string, path: 'services' | 'collector', nonce: string): Promise<SocketChannel> {
  const { status, socket } = await openSocket(port, { path: `/${path}?n=${nonce}`, headers: { cookie, origin: `http://127.0.0.1:${port}` } });
  if (!socket) throw new Error(`the web host refused the socket with ${status}`);
  return new SocketChannel(socket);
}
