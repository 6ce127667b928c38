import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { RUN_FOLDER, socketParent } from '../../core/protocol/target-wire.ts';
import { isAlive } from './process-tree.ts';
import { removeFolder } from './remove.ts';

/** A server that only this user can reach: a Unix socket in a folder of mode 0700, or a named pipe with a random name. */
export class LocalServer {
  readonly path: string;
  /** Of mode 0700, and gone when the server is closed: for files that belong to its connections. */
  readonly folder: string;
  readonly #server: Server;

  private constructor(server: Server, where: string, folder: string) {
    this.#server = server;
    this.path = where;
    this.folder = folder;
  }

  /** Begins to listen at once; `listening` resolves when it does. `place`: one that was chosen before. */
  static open(
    parents: readonly string[],
    onSocket: (socket: Socket) => void,
    place = choosePlace(parents),
  ): { readonly server: LocalServer; readonly listening: Promise<void> } {
    const { where, folder } = place;
    const net = createServer({ noDelay: true }, onSocket);
    const listening = new Promise<void>((resolve, reject) => {
      net.once('error', reject);
      net.listen(where, () => {
        net.off('error', reject);
        // A later error is of one connection that could not be accepted: the others go on.
        net.on('error', () => {});
        resolve();
      });
    });
    sweep(path.dirname(folder));
    return { server: new LocalServer(net, where, folder), listening };
  }

  /** Open connections stay. */
  close(): void {
    this.#server.close();
    removeFolder(this.folder);
  }

  unref(): void {
    this.#server.unref();
  }
}

export interface SocketPlace {
  readonly where: string;
  readonly folder: string;
}

/** In the first of `parents` whose path is short enough. Makes the folder. */
export function choosePlace(parents: readonly string[]): SocketPlace {
  const parent = socketParent(parents);
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, `${RUN_FOLDER}${process.pid}-`));
  // mkdtemp makes it 0700 already, where the umask is usual.
  chmodSync(folder, 0o700);
  const where = process.platform === 'win32' ? `\\\\.\\pipe\\trace-studio-${randomBytes(16).toString('hex')}` : path.join(folder, 's');
  return { where, folder };
}

/** Removes what collectors that were killed have left. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^ts-(\d+)-[A-Za-z0-9]{6}$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    } catch {
      // Of another user, in a temporary folder that all share: it is theirs to remove.
    }
  }
}
