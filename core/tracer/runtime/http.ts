import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { looksSecret } from '../../protocol/snapshot-value.ts';
import { onChannel } from './channels.ts';
import { memory, onMethod, ownerOf } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import { Operation, type OperationSource } from './operation.ts';
import { failed } from './promised.ts';

/** Requests of a client by the request, and by its response once that is there; of a server by the request. */
const open = memory<Operation>();

/**
 * `http` and `https`, both ends, by what Node tells on its channels. A client's operation ends with the response's body, a server's with the response.
 * `begun`: a server's request begins, and what runs from here on belongs to it.
 */
export function watchHttp(source: OperationSource, begun: (number: number) => void): void {
  const watched = new Set<object>();
  const watchEnd = (message: object): void => {
    const prototype = ownerOf(message, '_destroy');
    if (!prototype || prototype === message || watched.has(prototype)) return;
    watched.add(prototype);
    onMethod(prototype, '_destroy', (self) => {
      const operation = open.of(self);
      if (operation?.open) operation.end(jsonArgs({ status: statusOf(self) }));
    });
  };
  const asked = ({ request }: { request: ClientRequest }): void => {
    if (open.of(request)) return; // By `created`, where this Node has it.
    const host = String(request.getHeader('host') ?? request.host);
    const operation = new Operation(source, `${request.method} ${host}`, 'http');
    open.put(request, operation.begin(jsonArgs({ url: `${request.protocol}//${host}${withoutSecrets(request.path)}` })));
  };
  onChannel('http.client.request.created', asked);
  onChannel('http.client.request.start', asked);
  onChannel<{ request: ClientRequest; response: IncomingMessage }>('http.client.response.finish', ({ request, response }) => {
    const operation = open.of(request);
    if (!operation?.open) return;
    operation.resumes();
    operation.tell('response', jsonArgs({ status: response.statusCode }));
    open.put(response, operation);
    watchEnd(response);
  });
  onChannel<{ request: ClientRequest; error: unknown }>('http.client.request.error', ({ request, error }) => {
    const operation = open.of(request);
    if (!operation?.open) return;
    operation.resumes();
    operation.end(failed(error));
  });
  const names = new PathNames();
  onChannel<{ request: IncomingMessage }>('http.server.request.start', ({ request }) => {
    const url = request.url ?? '';
    const operation = new Operation(source, names.of(request.method ?? '', url), 'http').begin(jsonArgs({ url: withoutSecrets(url) }), 0);
    open.put(request, operation);
    begun(operation.number);
    watchEnd(request);
  });
  onChannel<{ request: IncomingMessage; response: ServerResponse }>('http.server.response.finish', ({ request, response }) => {
    open.of(request)?.end(jsonArgs({ status: response.statusCode }));
  });
}

function statusOf(message: object): number | undefined {
  const { statusCode } = message as { readonly statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/** Names of a server's requests: with their path, as long as there are not too many of them. */
const MAX_NAMES = 1000;
const MAX_NAME_LETTERS = 200;

export class PathNames {
  readonly #known = new Set<string>();

  of(method: string, url: string): string {
    const end = url.search(/[?#]/);
    const name = `${method} ${end < 0 ? url : url.slice(0, end)}`.slice(0, MAX_NAME_LETTERS);
    if (this.#known.has(name)) return name;
    if (this.#known.size >= MAX_NAMES) return `${method} …`;
    this.#known.add(name);
    return name;
  }
}

/** A path with the values of its query left out whose names look secret, and with no fragment. */
export function withoutSecrets(path: string): string {
  const from = path.indexOf('?');
  if (from < 0) return path;
  const query = path
    .slice(from + 1)
    .split('&')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals > 0 && looksSecret(part.slice(0, equals)) ? `${part.slice(0, equals)}=***` : part;
    });
  return `${path.slice(0, from)}?${query.join('&')}`;
}
