/** How npm is started without a shell: by Node with npm's own script, or by the npm program where that is no batch file. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { findProgram } from './find-program.ts';

export interface ProgramStart {
  readonly file: string;
  readonly args: readonly string[];
}

/** Undefined when there is no npm beside the Node and none on PATH. */
export async function findNpm(
  tool: 'npm' | 'npx',
  nodePath: string,
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ProgramStart | undefined> {
  const script = `${tool}-cli.js`;
  const beside = [
    path.join(path.dirname(nodePath), 'node_modules', 'npm', 'bin', script),
    path.join(path.dirname(path.dirname(nodePath)), 'lib', 'node_modules', 'npm', 'bin', script),
  ];
  for (const file of beside) if (await isFile(file)) return { file: nodePath, args: [file] };

  const onPath = await findProgram(tool, cwd, environment);
  if (onPath === undefined) return undefined;
  const real = await realpath(onPath);
  if (path.basename(real) === script) return { file: nodePath, args: [real] };
  const besidePath = path.join(path.dirname(onPath), 'node_modules', 'npm', 'bin', script);
  if (await isFile(besidePath)) return { file: nodePath, args: [besidePath] };
  // A batch file would need a shell; anything else runs as it is.
  return /\.(cmd|bat)$/i.test(onPath) ? undefined : { file: onPath, args: [] };
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false; // Not there.
  }
}
