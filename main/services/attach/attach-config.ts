import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import type { NodeProcess } from '../../../core/protocol/attach.ts';
import type { ConfigFileInspection } from '../../../core/protocol/studio-api.ts';
import type { ConfigFiles } from '../config/config-files.ts';

/**
 * What the config file of the program's project says, or the one that is `named` (empty: none is wanted). One that has to be run is run by the studio's own
 * Node. Undefined: there is none. Throws a ProblemError where it cannot be read, or is not trusted.
 */
export async function attachConfig(files: ConfigFiles, { cwd = '', argv }: NodeProcess, named?: string): Promise<ConfigFileInspection | undefined> {
  const { inspection, problems } = await files.inspect(named, path.dirname(path.resolve(cwd, argv[1] ?? '.')), process.execPath);
  if (problems[0]) throw new ProblemError(problems[0]);
  return inspection;
}
