import type { Problem } from '../base/result.ts';
import { type BlockHeader, BlockType, MEMBER_ATTACHMENT, type RecordingInfo } from '../protocol/recording-format.ts';

/** Bytes of the file, in order: `offset` is that of the block's header, `payloadBytes` those behind it. */
export interface AttachmentPiece {
  readonly offset: number;
  readonly payloadBytes: number;
}

/** What the plugins of one process left of its events, whole in the file. */
export interface ProcessedPart {
  readonly process: number;
  readonly attachment: number;
  readonly bytes: number;
  readonly pieces: readonly AttachmentPiece[];
  readonly by: 'target' | 'plugin-host';
  readonly plugins: readonly string[];
  readonly note?: string;
}

interface Attachment {
  readonly name: string;
  readonly bytes: number;
  readonly pieces: AttachmentPiece[];
  there: number;
}

/** A recording of a process each millisecond for an hour stays below; a file beyond it is damaged. */
const MAX_ATTACHMENTS = 1_000_000;

/**
 * Keeps account of a recording's attachments while its blocks go by, in the order of the file: where the bytes of each lie, which
 * are whole, and which of them take the place of a process's events. A file is outside data: what does not fit is left out.
 */
export class Attachments {
  readonly #attachments = new Map<number, Attachment>();
  readonly #processed = new Map<number, Extract<RecordingInfo, { readonly kind: 'processed' }>>();
  /** Attachments that some line said the process of, also one that a later line replaced. */
  readonly #named = new Set<number>();

  info(line: RecordingInfo): void {
    if (line.kind === 'attachment') {
      // Members of an imported file are no plugins' work.
      if (String(line.name).startsWith(MEMBER_ATTACHMENT)) return;
      const good = isCount(line.attachment) && isCount(line.bytes) && this.#attachments.size < MAX_ATTACHMENTS;
      // The number of an attachment is given once.
      if (good && !this.#attachments.has(line.attachment)) {
        this.#attachments.set(line.attachment, { name: String(line.name).slice(0, 200), bytes: line.bytes, pieces: [], there: 0 });
      }
    } else if (line.kind === 'processed') {
      if (!isCount(line.process) || !isCount(line.attachment)) return;
      this.#processed.set(line.process, line);
      this.#named.add(line.attachment);
    }
  }

  block(header: Pick<BlockHeader, 'type' | 'stream' | 'payloadBytes'>, offset: number): void {
    if (header.type !== BlockType.ATTACHMENT) return;
    const attachment = this.#attachments.get(header.stream);
    if (!attachment) return;
    attachment.pieces.push({ offset, payloadBytes: header.payloadBytes });
    attachment.there += header.payloadBytes;
  }

  /** The recording has a processed view. */
  get some(): boolean {
    for (const line of this.#processed.values()) if (this.#whole(line.attachment)) return true;
    return false;
  }

  /** By process; a later line of the same process has replaced the earlier one. */
  parts(): ProcessedPart[] {
    return [...this.#processed.values()]
      .sort((a, b) => a.process - b.process)
      .flatMap((line) => {
        const attachment = this.#attachments.get(line.attachment);
        if (!attachment || !this.#whole(line.attachment)) return [];
        const { bytes, pieces } = attachment;
        const plugins = Array.isArray(line.plugins) ? line.plugins.slice(0, 100).map((name) => String(name).slice(0, 1000)) : [];
        const by = line.by === 'plugin-host' ? 'plugin-host' : 'target';
        const note = typeof line.note === 'string' ? line.note.slice(0, 1000) : undefined;
        return [{ process: line.process, attachment: line.attachment, bytes, pieces, by, plugins, ...(note !== undefined && { note }) }];
      });
  }

  /** Once the file has ended: attachments of which bytes, or the line that says whose they are, are missing. */
  problems(): Problem[] {
    return [...this.#attachments].flatMap(([number, { name, bytes, there }]) => {
      if (there === bytes && this.#named.has(number)) return [];
      const missing = there === bytes ? 'the file ends before it says whose it is' : `${there} of ${bytes} bytes are there`;
      return [
        {
          code: 'attachment-cut',
          message: `What plugins left of a process's events (${name}) is not whole: ${missing}. What was recorded of it is shown instead.`,
        },
      ];
    });
  }

  #whole(number: number): boolean {
    const attachment = this.#attachments.get(number);
    return attachment !== undefined && attachment.there === attachment.bytes;
  }
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
