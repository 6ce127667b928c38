import { onChannel } from './channels.ts';
import { withoutSecrets } from './http.ts';
import { memory } from './invisible.ts';
import { jsonArgs } from './json-args.ts';
import { Operation, type OperationSource } from './operation.ts';
import { failed } from './promised.ts';

/** Of undici, which Node's `fetch` is made of, and which a script may have as a package. */
interface Request {
  readonly origin?: unknown;
  readonly path?: unknown;
  readonly method?: unknown;
}

const open = memory<Operation>();

/** `fetch` and undici's own requests. The arrow leads to where the headers are there, the operation ends with the body. */
export function watchFetch(source: OperationSource): void {
  onChannel<{ request: Request }>('undici:request:create', ({ request }) => {
    const [origin, path, method] = [String(request.origin ?? ''), String(request.path ?? ''), String(request.method ?? '')];
    const operation = new Operation(source, `${method} ${origin.replace(/^https?:\/\//, '')}`, 'fetch');
    open.put(request, operation.begin(jsonArgs({ url: `${origin}${withoutSecrets(path)}` })));
  });
  onChannel<{ request: Request; response: { readonly statusCode?: number } }>('undici:request:headers', ({ request, response }) => {
    const operation = open.of(request);
    if (!operation?.open) return;
    operation.resumes();
    operation.tell('response', jsonArgs({ status: response.statusCode }));
  });
  onChannel<{ request: Request }>('undici:request:trailers', ({ request }) => open.of(request)?.end(''));
  onChannel<{ request: Request; error: unknown }>('undici:request:error', ({ request, error }) => {
    const operation = open.of(request);
    if (!operation?.open) return;
    operation.resumes();
    operation.end(failed(error));
  });
}
