import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A folder of its own for one test. */
export class TemporaryFolder {
  readonly path = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'services-')));

  /** Writes a file, making its folders, and returns its path. */
  write(name: string, content: string | Uint8Array = '', mode = 0o644): string {
    const file = path.join(this.path, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
    return file;
  }

  folder(name: string): string {
    const folder = path.join(this.path, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** A program that answers like Node to the question who it is. */
  fakeNode(name: string, version: string): string {
    const answer = JSON.stringify([version, 'x64', path.join(this.path, name), false]);
    return this.write(name, `#!/bin/sh\necho '${answer}'\n`, 0o755);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
