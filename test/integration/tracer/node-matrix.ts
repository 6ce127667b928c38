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

/** The Node that runs the tests, and those of test/node-matrix. A version that is not there is named on the console. */
export function nodeVersions(): NodeVersion[] {
  const own: NodeVersion = { title: `Node ${process.version}`, path: process.execPath, major: majorOf(process.version) };
  // 20 is the floor itself, 20.19.0.
  const others = [20, 22, 24, 26].flatMap((major): NodeVersion[] => {
    const file = path.join(matrix, `node-${major}/bin/node`);
    if (!existsSync(file)) {
      if (own.major !== major)
        console.warn(`Node ${major} is not tested: ${path.relative(process.cwd(), file)} is not installed (npm install in test/node-matrix).`);
      return [];
    }
    const title = `Node ${version(file)}`;
    return own.title === title || (own.major === major && major !== 20) ? [] : [{ title, path: file, major }];
  });
  return [own, ...others];
}
