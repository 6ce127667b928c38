/** Traces that a browser sends piece by piece, because its user wants to save or export what only the page could read. One for each window. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import type { RecordingId } from '../../../core/protocol/session-types.ts';
import { MOST_UPLOAD_BYTES, UPLOAD_PIECE_BYTES } from '../../../core/protocol/studio-api.ts';
import { type RecordingLibrary, UPLOAD_EXTENSIONS, type UploadExtension } from './library.ts';

const MOST_AT_ONCE = 4;

interface Upload {
  readonly name: string;
  readonly extension: UploadExtension;
  readonly bytes: number;
  readonly file: string;
  readonly handle: FileHandle;
  written: number;
}

export class Uploads {
  readonly #library: RecordingLibrary;
  readonly #uploads = new Map<RecordingId, Upload>();

  constructor(library: RecordingLibrary) {
    this.#library = library;
  }

  /** The id of the upload, which becomes that of the recording. */
  async begin({ name, bytes }: { readonly name: string; readonly bytes: number }): Promise<RecordingId> {
    const extension = extensionOf(name);
    if (bytes > MOST_UPLOAD_BYTES) {
      throw new ProblemError({
        code: 'upload-too-large',
        message: `${name} is larger than ${MOST_UPLOAD_BYTES / 1e9} GB, which is the most that is uploaded.`,
        remedy: 'Copy it to the machine where the studio runs, and open it there by its path.',
      });
    }
    if (this.#uploads.size >= MOST_AT_ONCE) {
      throw new ProblemError({
        code: 'too-many-uploads',
        message: `${MOST_AT_ONCE} files are being uploaded already.`,
        remedy: 'Wait until one of them is there.',
      });
    }
    const upload = randomUUID();
    const file = await this.#library.temporaryFile(upload);
    const free = await this.#library.freeBytes();
    if (free !== undefined && free < bytes) throw noRoom(name);
    const handle = await open(file, 'wx', 0o600);
    this.#uploads.set(upload, { name: path.basename(name), extension, bytes, file, handle, written: 0 });
    return upload;
  }

  async append(id: RecordingId, piece: Uint8Array): Promise<void> {
    const upload = this.#get(id);
    if (piece.length > UPLOAD_PIECE_BYTES || upload.written + piece.length > upload.bytes) {
      await this.cancel(id);
      throw new ProblemError({
        code: 'upload-refused',
        message: `More of ${upload.name} came than was announced.`,
        remedy: 'It may have changed meanwhile. Upload it again.',
      });
    }
    const at = upload.written;
    upload.written += piece.length;
    try {
      let done = 0;
      while (done < piece.length) done += (await upload.handle.write(piece, done, piece.length - done, at + done)).bytesWritten;
    } catch (error) {
      await this.cancel(id);
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? noRoom(upload.name) : error;
    }
  }

  /** It is a recording of the library from now on. */
  async finish(id: RecordingId): Promise<void> {
    const { handle, file, name, extension, written, bytes } = this.#get(id);
    if (written !== bytes) {
      await this.cancel(id);
      throw new ProblemError({ code: 'upload-incomplete', message: `Only ${written} of the ${bytes} bytes of ${name} came.`, remedy: 'Upload it again.' });
    }
    this.#uploads.delete(id);
    await handle.sync();
    await handle.close();
    await this.#library.add(file, { recording: id, title: name, extension });
  }

  async cancel(id: RecordingId): Promise<void> {
    const upload = this.#uploads.get(id);
    if (!upload) return;
    this.#uploads.delete(id);
    await upload.handle.close();
    await rm(upload.file, { force: true });
  }

  /** The window is gone. */
  async cancelAll(): Promise<void> {
    await Promise.all([...this.#uploads.keys()].map((id) => this.cancel(id)));
  }

  #get(id: RecordingId): Upload {
    const upload = this.#uploads.get(id);
    if (!upload) throw new ProblemError({ code: 'no-such-upload', message: 'This upload was given up.', remedy: 'Upload the file again.' });
    return upload;
  }
}

function extensionOf(name: string): UploadExtension {
  const extension = [...UPLOAD_EXTENSIONS].sort((a, b) => b.length - a.length).find((each) => name.toLowerCase().endsWith(each));
  if (extension) return extension;
  throw new ProblemError({ code: 'no-trace-name', message: `${name} is no trace by its name.`, remedy: `Traces end in ${UPLOAD_EXTENSIONS.join(', ')}.` });
}

const noRoom = (name: string) =>
  new ProblemError({
    code: 'no-room',
    message: `There is no room for ${name} on the disk of the studio’s folder.`,
    remedy: 'Make room there, or discard recordings on the start page.',
  });
