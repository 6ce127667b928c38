import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** What is written when `file` is named: through a symbolic link the file that it names is replaced, not the link. */
export const realTarget = (file: string): Promise<string> => realpath(file).catch(() => path.resolve(file));
