import { Session } from 'node:inspector';

/** How the tracer's own worker threads are called. */
const OWN_THREADS = 'trace-studio ';

export type Params = Readonly<Record<string, unknown>>;
type Listener = (params: Params) => void;

/** A conversation with one thread in the debugging protocol of the engine, from another thread: it is answered while the thread is busy, too. */
export abstract class ThreadSession {
  readonly #listeners = new Map<string, Set<Listener>>();
  #closed = false;
  /** The thread is gone, or the conversation has been ended. */
  onClose: () => void = () => {};

  /** The protocol's answer; rejects with its words, or where the session is closed. */
  abstract post(method: string, params?: Params): Promise<Params>;

  get closed(): boolean {
    return this.#closed;
  }

  /** Returns the function that ends the subscription. */
  on(event: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  protected heard(event: string, params: Params): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(params);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose();
  }
}

export class MainThreadSession extends ThreadSession {
  readonly #session = new Session();
  readonly #waiting = new Set<(error: Error) => void>();

  /** Throws where the process has no inspector. */
  constructor() {
    super();
    this.#session.connectToMainThread();
    this.#session.on('inspectorNotification', ({ method, params }) => this.heard(method, params as Params));
  }

  post(method: string, params?: Params): Promise<Params> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new Error('The session is closed.'));
      this.#waiting.add(reject);
      this.#session.post(method, { ...params }, (error, answer) => {
        this.#waiting.delete(reject);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve((answer ?? {}) as Params);
      });
    });
  }

  /** Without this Node would say on stderr that it waits for a debugger, when the process ends. */
  override close(): void {
    if (!this.closed) this.#session.disconnect();
    super.close();
    for (const reject of this.#waiting) reject(new Error('The session is closed.'));
  }
}

/** A worker thread, through the session of the thread that started it. */
export class WorkerSession extends ThreadSession {
  readonly #parent: ThreadSession;
  readonly #id: string;
  readonly #waiting = new Map<number, { readonly resolve: (answer: Params) => void; readonly reject: (error: Error) => void }>();
  #next = 1;

  constructor(parent: ThreadSession, id: string) {
    super();
    this.#parent = parent;
    this.#id = id;
  }

  post(method: string, params?: Params): Promise<Params> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new Error('The session is closed.'));
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      const message = JSON.stringify({ id, method, ...(params && { params }) });
      this.#parent.post('NodeWorker.sendMessageToWorker', { sessionId: this.#id, message }).catch((error: Error) => {
        this.#waiting.delete(id);
        reject(error);
      });
    });
  }

  receive(json: string): void {
    const message = JSON.parse(json) as { id?: number; method?: string; params?: Params; result?: Params; error?: { message: string } };
    if (message.id === undefined) {
      if (message.method !== undefined) this.heard(message.method, message.params ?? {});
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result ?? {});
  }

  override close(): void {
    super.close();
    for (const { reject } of this.#waiting.values()) reject(new Error('The thread has ended.'));
    this.#waiting.clear();
  }
}

/** Finds the worker threads below the thread of `session`, also those that workers start: Node's number, name, and a session. */
export async function watchWorkers(session: ThreadSession, found: (thread: number, name: string, session: WorkerSession) => void): Promise<void> {
  const workers = new Map<string, WorkerSession>();
  session.on('NodeWorker.attachedToWorker', ({ sessionId, workerInfo }) => {
    const id = String(sessionId);
    const thread = threadOf((workerInfo as { title?: string }).title ?? '');
    if (!thread) {
      session.post('NodeWorker.detach', { sessionId }).catch(() => {});
      return;
    }
    const worker = new WorkerSession(session, id);
    workers.set(id, worker);
    found(thread.number, thread.name, worker);
    watchWorkers(worker, found).catch(() => {}); // It has ended already.
  });
  session.on('NodeWorker.detachedFromWorker', ({ sessionId }) => {
    workers.get(String(sessionId))?.close();
    workers.delete(String(sessionId));
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ sessionId, message }) => workers.get(String(sessionId))?.receive(String(message)));
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
}

/** The protocol tells both in a title alone: `[worker 3] the name`. Undefined for the tracer's own. */
function threadOf(title: string): { readonly number: number; readonly name: string } | undefined {
  const [, number, name = ''] = /^\[worker (\d+)\] ?(.*)$/.exec(title) ?? /^Worker (\d+)(.*)$/.exec(title) ?? [];
  if (number === undefined || name.startsWith(OWN_THREADS)) return undefined;
  return { number: Number(number), name: name || `worker ${number}` };
}
