/** The versions of Node that the tracer has to work in. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface NodeVersion {
  readonly title: string;
  readonly path: string;
  readonly major: number;
}

const matrix = path.resolve(import.meta.dirname, '../../node-matrix/node_modules');
const version = (file: string): string => execFileSync(file, ['--version'], { encoding: 'utf8', env: {} }).trim();
const majorOf = (text: string): number => Number(/^v(\d+)/.exec(text)?.[1]);

/** The Node that runs the tests. */
export const ownNode = (): NodeVersion => ({ title: `Node ${process.version}`, path: process.execPath, major: majorOf(process.version) });

/**
 * Those of test/node-matrix, and the Node that runs the tests where it is of another major version: two of one major version would
 * only repeat each other, and all that is not in the matrix runs on it anyway. A version that is not there is named on the console.
 */
export function nodeVersions(): NodeVersion[] {
  const own = ownNode();
  // 20 is the floor itself, 20.19.0.
  const others = [20, 22, 24, 26].flatMap((major): NodeVersion[] => {
    const file = path.join(matrix, `node-${major}/bin/node`);
    if (!existsSync(file)) {
      if (own.major !== major)
        console.warn(`Node ${major} is not tested: ${path.relative(process.cwd(), file)} is not installed (npm install in test/node-matrix).`);
      return [];
    }
    // The floor stands for its major version; of the others the one at hand does.
    return own.major === major && major !== 20 ? [] : [{ title: `Node ${version(file)}`, path: file, major }];
  });
  return others.some(({ major }) => major === own.major) ? others : [own, ...others];
}
