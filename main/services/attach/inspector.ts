/** A process's own debugger, over loopback: found, asked, left. */

import { readdir, readFile, readlink } from 'node:fs/promises';
import http from 'node:http';
import WebSocket from 'ws';

const ANSWER_MS = 2000;
/** Of an answer: ours are a number or a word. */
const MAX_BYTES = 1024 * 1024;
/** Where Node opens it unless it was told another port. */
export const DEFAULT_PORT = 9229;

export interface InspectorPlace {
  readonly host: string;
  readonly port: number;
}

/** WebSocket of what listens there, if it is an inspector of Node's. */
export async function inspectorUrl({ host, port }: InspectorPlace): Promise<string | undefined> {
  const list = await getJson(`http://${host.includes(':') ? `[${host}]` : host}:${port}/json/list`);
  if (!Array.isArray(list)) return undefined;
  const url = (list[0] as { webSocketDebuggerUrl?: unknown } | undefined)?.webSocketDebuggerUrl;
  // Whatever it says of itself, it is spoken to where it was found.
  return typeof url === 'string' && url.startsWith('ws://') ? `ws://${host.includes(':') ? `[${host}]` : host}:${port}${new URL(url).pathname}` : undefined;
}

function getJson(url: string): Promise<unknown> {
  return new Promise((resolve) => {
    const request = http.get(url, { timeout: ANSWER_MS, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_BYTES) response.destroy();
      });
      response.on('close', () => {
        try {
          resolve(JSON.parse(text));
        } catch {
          resolve(undefined); // Something else listens there.
        }
      });
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

/** A conversation with one inspector. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }>();
  #next = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('error', () => {}); // 'close' follows.
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the debugger was closed'));
      this.#waiting.clear();
    });
  }

  static open(url: string): Promise<Inspector> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { handshakeTimeout: ANSWER_MS, perMessageDeflate: false, maxPayload: MAX_BYTES });
      socket.once('open', () => resolve(new Inspector(socket)));
      socket.once('error', reject);
    });
  }

  /** The value of an expression in the process's main thread. Rejects with what it threw. */
  async evaluate(expression: string, timeoutMs: number): Promise<unknown> {
    const answer =
      ((await this.#call('Runtime.evaluate', { expression, returnByValue: true, silent: true }, timeoutMs)) as {
        result?: { value?: unknown };
        exceptionDetails?: { exception?: { description?: string }; text?: string };
      }) ?? {};
    const { exceptionDetails: thrown } = answer;
    if (thrown) throw new Error((thrown.exception?.description ?? thrown.text ?? 'unknown').split('\n', 1)[0]);
    return answer.result?.value;
  }

  close(): void {
    this.#socket.close();
  }

  #call(method: string, params: unknown, timeoutMs: number): Promise<unknown> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`it did not answer within ${timeoutMs / 1000} s`));
      }, timeoutMs);
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(late);
          settle(value);
        };
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #receive(text: string): void {
    let message: { id?: number; result?: unknown; error?: { message: string } };
    try {
      message = JSON.parse(text) as typeof message;
    } catch {
      this.#socket.close(); // No debugger.
      return;
    }
    const { id, result, error } = message;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id as number);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result);
  }
}

/** Ports on which a process listens, on loopback or everywhere. Linux only; elsewhere undefined. */
export async function listeningPorts(pid: number): Promise<readonly InspectorPlace[] | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const links = await Promise.all((await readdir(`/proc/${pid}/fd`)).map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
    const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
    const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')));
    return tables.flatMap(readListening).flatMap(({ inode, ...place }) => (inodes.has(inode) ? [place] : []));
  } catch {
    return undefined;
  }
}

/** As /proc writes it. What listens at all addresses is reached by the loopback of IPv4, too. */
const IPV6_LOOPBACK = '00000000000000000000000001000000';

/** Rows of /proc/net/tcp in state LISTEN (0A). */
export function readListening(text: string): (InspectorPlace & { readonly inode: string })[] {
  return text.split('\n').flatMap((line) => {
    const [, address, port, inode] = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A (?:\S+\s+){5}(\d+)/.exec(line) ?? [];
    if (address === undefined || port === undefined || inode === undefined) return [];
    return [{ host: address === IPV6_LOOPBACK ? '::1' : '127.0.0.1', port: Number.parseInt(port, 16), inode }];
  });
}

/** The port that a process was told by its flags, where its inspector opens. */
export function flaggedPort(argv: readonly string[]): number | undefined {
  const found = argv.map((word) => /^--(?:inspect-port|debug-port|inspect|inspect-brk|inspect-wait)=(?:.*:)?(\d+)$/.exec(word)?.[1]).findLast((port) => port);
  return found === undefined ? undefined : Number(found);
}
