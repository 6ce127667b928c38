/** The loopback server behind custom schemes, and the socket of each page's isolated world. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { type WebSocket, WebSocketServer } from 'ws';
import { schemeHandlers } from './protocol.ts';
import { addresses } from './runtime.ts';
import { allWebContents } from './web-contents.ts';

export interface LoopbackServer {
  readonly port: number;
  close(): void;
}

export async function startLoopbackServer(): Promise<LoopbackServer> {
  const server = http.createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error('stand-in: a protocol handler failed:', error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 30, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const contents = allWebContents.get(Number(url.searchParams.get('contents')));
    if (url.pathname !== '/__standin__/socket' || contents?.standin.key !== url.searchParams.get('key')) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      contents.standin.connected(webSocket);
      webSocket.on('message', (data: Buffer) => contents.standin.receive(data));
      webSocket.on('close', () => contents.standin.disconnected(webSocket));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () => {
      for (const client of sockets.clients) client.terminate();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function serve(incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> {
  const url = addresses.toApp(`http://${incoming.headers.host}${incoming.url}`);
  const handler = schemeHandlers.get(new URL(url).protocol.replace(':', ''));
  if (!handler) {
    outgoing.writeHead(404).end();
    return;
  }
  const answer = await handler(toRequest(url, incoming));
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body)
    Readable.fromWeb(answer.body as NodeReadableStream)
      .on('error', () => outgoing.destroy())
      .pipe(outgoing);
  else outgoing.end();
}

/** Node's Request refuses no scheme, but drops the host's spelling; Electron's handlers get the address as the page wrote it. */
function toRequest(url: string, incoming: http.IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) if (name !== 'host' && name !== 'connection') headers.set(name, String(value));
  return new Request(url, { method: incoming.method ?? 'GET', headers });
}
