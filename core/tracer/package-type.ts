import { readFileSync } from 'node:fs';
import path from 'node:path';

type PackageType = 'module' | 'commonjs' | undefined;

/** By folder: a project has more files than folders. */
const known = new Map<string, PackageType>();

/** `type` of the package that `file` belongs to, as Node looks for it. */
export const packageType = (file: string): PackageType => typeOfFolder(path.dirname(path.resolve(file)));

function typeOfFolder(folder: string): PackageType {
  if (known.has(folder)) return known.get(folder);
  const above = path.dirname(folder);
  const type = path.basename(folder) === 'node_modules' ? undefined : (typeWrittenIn(folder) ?? (above === folder ? undefined : typeOfFolder(above)));
  const found = type === 'module' || type === 'commonjs' ? type : undefined;
  known.set(folder, found);
  return found;
}

/** Undefined: no package.json here, or one that cannot be read. Node looks further up, too. */
function typeWrittenIn(folder: string): PackageType | 'unsaid' {
  try {
    const { type } = (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { type?: unknown } | null) ?? {};
    return type === 'module' || type === 'commonjs' ? type : 'unsaid';
  } catch {
    return undefined;
  }
}
