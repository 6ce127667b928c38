import { ProblemError } from '../../../../core/base/result.ts';
import type { ByteChannel } from '../../../../core/protocol/byte-channel.ts';
import { Peer, withBytes } from '../../../../core/protocol/rpc.ts';

/** Two ends of a pipe in memory; frames arrive in a later task, as from another process. */
export function channelPair(): [ByteChannel, ByteChannel] {
  const make = (): ByteChannel => ({ send: () => {}, onFrame: () => {}, onClose: () => {}, close: () => {} });
  const [a, b] = [make(), make()];
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    setImmediate(() => {
      a.onClose('test');
      b.onClose('test');
    });
  };
  const join = (from: ByteChannel, to: ByteChannel) => {
    from.send = (frame) => {
      const copy = frame.slice();
      setImmediate(() => !closed && to.onFrame(copy));
    };
    from.close = close;
  };
  join(a, b);
  join(b, a);
  return [a, b];
}

/** Serves one recording that may grow, as the collector does. */
export class FakeCollector {
  bytes: Uint8Array;
  live: boolean;
  /** Only the newest is kept: views that begin with these bytes, of which only the last is still there. */
  readonly views: Uint8Array[] = [];
  /** Offsets at which someone began to follow. */
  readonly follows: number[] = [];
  readonly #ends: ByteChannel[] = [];
  #wake: (() => void)[] = [];

  /** What was kept is gone, and whoever opens now gets these bytes. */
  forget(bytes: Uint8Array): void {
    this.views.push(bytes);
    this.grow(bytes, this.live);
  }

  constructor(bytes: Uint8Array, live = false) {
    this.bytes = bytes;
    this.live = live;
  }

  /** What the window's side connects with. */
  readonly connect = async (): Promise<ByteChannel> => {
    const [window, own] = channelPair();
    this.serve(own);
    return window;
  };

  serve(own: ByteChannel): void {
    this.#ends.push(own);
    const of = (recording: string) => {
      if (recording !== 'r1') throw new ProblemError({ code: 'no-such-recording', message: `There is no recording ${recording}.` });
    };
    new Peer(own, {
      calls: {
        'recording.status': ({ recording }: { recording: string }) => {
          of(recording);
          return {
            id: 'r1',
            path: '/tmp/r1.tsr',
            title: 'r1',
            format: 'recording',
            live: this.live,
            bytes: this.bytes.length,
            unsaved: true,
            view: this.views.length,
          };
        },
        'recording.read': ({ recording, offset, length, view }: { recording: string; offset: number; length: number; view: number }) => {
          of(recording);
          this.#check(view);
          const bytes = this.bytes.subarray(offset, offset + length);
          return withBytes({ length: bytes.length }, bytes);
        },
      },
      streams: { 'recording.follow': ({ offset, view }: { offset: number; view: number }) => this.#follow(offset, view) },
    });
  }

  #check(view: number): void {
    if (view !== this.views.length) throw new ProblemError({ code: 'no-longer-kept', message: 'It is no longer kept.' });
  }

  async *#follow(offset: number, view: number): AsyncGenerator<Uint8Array> {
    this.follows.push(offset);
    for (let at = offset; ; ) {
      this.#check(view);
      if (at < this.bytes.length) {
        const chunk = this.bytes.subarray(at, at + 10_000);
        at += chunk.length;
        yield chunk;
      } else if (this.live) await new Promise<void>((wake) => this.#wake.push(wake));
      else return;
    }
  }

  /** The whole file so far; `live` false ends it. */
  grow(bytes: Uint8Array, live: boolean): void {
    this.bytes = bytes;
    this.live = live;
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Ends all connections. */
  drop(): void {
    for (const end of this.#ends.splice(0)) end.close();
  }
}
