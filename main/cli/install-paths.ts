/** Where the parts of this installation are. Everything is found from the folder of the running bundle, `dist/cli`. */
import path from 'node:path';

export interface InstallPaths {
  /** With package.json: what Electron is started with. */
  readonly root: string;
  readonly renderer: string;
  readonly tracer: string;
  readonly collector: string;
  readonly exportWorker: string;
  readonly examples: string;
}

export function installPaths(cliFolder: string): InstallPaths {
  const dist = path.dirname(cliFolder);
  const root = path.dirname(dist);
  return {
    root,
    renderer: path.join(dist, 'renderer'),
    tracer: path.join(dist, 'tracer'),
    collector: path.join(dist, 'collector', 'collector.cjs'),
    exportWorker: path.join(dist, 'collector', 'export-worker.cjs'),
    examples: path.join(root, 'examples'),
  };
}
