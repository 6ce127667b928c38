/**
 * How contextBridge moves a value between the two worlds of a page: functions and promises by number, arrays and plain objects
 * item by item, everything else by the structured clone that Chromium makes of an event's `detail`.
 */
export type BridgeValue =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'function'; readonly id: number }
  | { readonly is: 'promise'; readonly id: number }
  | { readonly is: 'array'; readonly items: readonly BridgeValue[] }
  | { readonly is: 'object'; readonly entries: readonly (readonly [string, BridgeValue])[] };

export type BridgeMessage =
  /** Isolated world to page. */
  | { readonly kind: 'expose'; readonly name: string; readonly api: BridgeValue }
  | { readonly kind: 'settle'; readonly id: number; readonly ok: boolean; readonly value: BridgeValue }
  /** Either way. */
  | { readonly kind: 'call'; readonly id: number; readonly fn: number; readonly args: readonly BridgeValue[] }
  | { readonly kind: 'return'; readonly id: number; readonly ok: boolean; readonly value: BridgeValue };

/** One world's end of the bridge. */
export class BridgeEnd {
  readonly #sendName: string;
  readonly #functions: ((...args: unknown[]) => unknown)[] = [];
  readonly #promises = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  #nextId = 1;
  #returned: Extract<BridgeMessage, { kind: 'return' }> | undefined;
  /** Only the page's end exposes. */
  onExpose: (name: string, api: unknown) => void = () => {};

  constructor(sendName: string, receiveName: string) {
    this.#sendName = sendName;
    document.addEventListener(receiveName, (event) => {
      const message = (event as CustomEvent<BridgeMessage | null>).detail;
      // Chromium delivers null where the detail could not be cloned; the caller sees that no answer came.
      if (message) this.#receive(message);
    });
  }

  expose(name: string, api: unknown): void {
    this.#send({ kind: 'expose', name, api: this.pack(api) });
  }

  pack(value: unknown, seen = new Map<object, BridgeValue>()): BridgeValue {
    if (typeof value === 'function') {
      const fn = value as (...args: unknown[]) => unknown;
      const known = this.#functions.indexOf(fn);
      return { is: 'function', id: known >= 0 ? known : this.#functions.push(fn) - 1 };
    }
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.');
    if (typeof value !== 'object' || value === null) return { is: 'value', value };
    const before = seen.get(value);
    if (before) return before;
    if (value instanceof Promise) return this.#packPromise(value);
    if (Array.isArray(value)) {
      const items: BridgeValue[] = [];
      const packed: BridgeValue = { is: 'array', items };
      seen.set(value, packed);
      for (const item of value) items.push(this.pack(item, seen));
      return packed;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      const entries: (readonly [string, BridgeValue])[] = [];
      const packed: BridgeValue = { is: 'object', entries };
      seen.set(value, packed);
      for (const [key, item] of Object.entries(value)) entries.push([key, this.pack(item, seen)]);
      return packed;
    }
    if (value instanceof MessagePort) throw new Error('An object could not be cloned.');
    return { is: 'value', value };
  }

  /** An object that holds itself arrives holding itself: each is made once, before what is in it. */
  unpack(value: BridgeValue, made = new Map<BridgeValue, unknown>()): unknown {
    if (made.has(value)) return made.get(value);
    switch (value.is) {
      case 'value':
        return value.value;
      case 'array': {
        const list: unknown[] = [];
        made.set(value, list);
        for (const item of value.items) list.push(this.unpack(item, made));
        return list;
      }
      case 'object': {
        const object: Record<string, unknown> = {};
        made.set(value, object);
        for (const [key, item] of value.entries) object[key] = this.unpack(item, made);
        return object;
      }
      case 'function':
        return (...args: unknown[]) => this.#call(value.id, args);
      case 'promise':
        return new Promise((resolve, reject) => this.#promises.set(value.id, { resolve, reject }));
    }
  }

  #packPromise(promise: Promise<unknown>): BridgeValue {
    const id = this.#nextId++;
    promise.then(
      (value) => this.#send({ kind: 'settle', id, ok: true, value: this.pack(value) }),
      (error: unknown) => this.#send({ kind: 'settle', id, ok: false, value: packError(error) }),
    );
    return { is: 'promise', id };
  }

  #call(fn: number, args: readonly unknown[]): unknown {
    const id = this.#nextId++;
    this.#send({ kind: 'call', id, fn, args: args.map((argument) => this.pack(argument)) });
    // DOM events are synchronous: the answer is there when dispatchEvent returns.
    const answer = this.#returned;
    this.#returned = undefined;
    if (answer?.id !== id) throw new Error('An object could not be cloned.');
    if (!answer.ok) throw this.unpack(answer.value);
    return this.unpack(answer.value);
  }

  #send(message: BridgeMessage): void {
    document.dispatchEvent(new CustomEvent(this.#sendName, { detail: message }));
  }

  #receive(message: BridgeMessage): void {
    switch (message.kind) {
      case 'expose':
        this.onExpose(message.name, this.unpack(message.api));
        return;
      case 'settle': {
        const waiting = this.#promises.get(message.id);
        this.#promises.delete(message.id);
        const value = this.unpack(message.value);
        message.ok ? waiting?.resolve(value) : waiting?.reject(value);
        return;
      }
      case 'return':
        this.#returned = message;
        return;
      case 'call':
        this.#serve(message);
        return;
    }
  }

  #serve(message: Extract<BridgeMessage, { kind: 'call' }>): void {
    const answer = ((): { ok: boolean; value: BridgeValue } => {
      try {
        const fn = this.#functions[message.fn];
        return { ok: true, value: this.pack(fn?.(...message.args.map((argument) => this.unpack(argument)))) };
      } catch (error) {
        return { ok: false, value: packError(error) };
      }
    })();
    this.#send({ kind: 'return', id: message.id, ...answer });
  }
}

/** Electron carries the message of an error, not its class. */
function packError(error: unknown): BridgeValue {
  return { is: 'value', value: error instanceof Error ? new Error(error.message) : error };
}
