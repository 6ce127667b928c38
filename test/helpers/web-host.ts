import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface WebHost {
  /** Address with its token: good for the first page of a browser context. */
  readonly url: string;
  readonly process: ChildProcess;
  close(): Promise<void>;
}

/** Starts the built web host on a free port with a data folder of its own. `roots` are the folders its file panel shows. */
export async function startWebHost(options: {
  dataFolder: string;
  cwd: string;
  roots: readonly string[];
  environment?: NodeJS.ProcessEnv;
  files?: readonly string[];
}): Promise<WebHost> {
  const args = [
    path.join(root, 'dist/cli/trace-studio.cjs'),
    'serve',
    '--no-open',
    '--port',
    '0',
    ...options.roots.flatMap((folder) => ['--root', folder]),
    ...(options.files ?? []),
  ];
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment, TRACE_STUDIO_HOME: options.dataFolder },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/\S+/.exec(said);
      if (address) resolve(address[0]);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => reject(new Error(`the web host ended with ${code}: ${said}`)));
    child.once('error', reject);
  });
  return {
    url,
    process: child,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}
