import type { ByteSource } from '../../core/formats/byte-source.ts';
import type { WithBytes } from '../../core/protocol/rpc.ts';
import type { RecordingInfoSummary } from '../../core/protocol/session-types.ts';
import type { DataLink } from './data-link.ts';

/** A frame of the connection holds at most 64 MB; a request is far below it. */
const MAX_READ_BYTES = 16 * 1024 * 1024;

/**
 * A recording that the collector holds. A lost connection is waited out: reading goes on where it stopped, so that only a
 * refusal by the collector (a ProblemError) is an error here.
 */
export class CollectorSource implements ByteSource {
  readonly #link: DataLink;
  readonly #recording: string;
  /** Of a recording of which only the newest is kept: as it was when this began. */
  #view: number | undefined;

  constructor(link: DataLink, recording: string) {
    this.#link = link;
    this.#recording = recording;
  }

  /** What it is now, and from now on the view that is read. */
  async open(): Promise<RecordingInfoSummary> {
    const status = await this.status();
    this.#view = status.view;
    return status;
  }

  status(): Promise<RecordingInfoSummary> {
    return this.#call<RecordingInfoSummary>('recording.status', { recording: this.#recording });
  }

  async size(): Promise<number> {
    return (await this.status()).bytes;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const answer = await this.#call<WithBytes | { readonly length: number }>('recording.read', {
      recording: this.#recording,
      offset,
      length: Math.min(length, MAX_READ_BYTES),
      ...this.#viewed,
    });
    return 'bytes' in answer ? answer.bytes : new Uint8Array(0);
  }

  async *follow(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    let at = offset;
    for (;;) {
      const peer = await this.#link.peer();
      try {
        for await (const chunk of peer.stream('recording.follow', { recording: this.#recording, offset: at, ...this.#viewed })) {
          at += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        if (!peer.closed) throw error;
      }
    }
  }

  get #viewed(): { readonly view?: number } {
    return this.#view === undefined ? {} : { view: this.#view };
  }

  async #call<T>(method: string, argument: unknown): Promise<T> {
    for (;;) {
      const peer = await this.#link.peer();
      try {
        return await peer.call<T>(method, argument);
      } catch (error) {
        if (!peer.closed) throw error;
      }
    }
  }
}
