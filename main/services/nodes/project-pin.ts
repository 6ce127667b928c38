/** The Node version that a project asks for, and which of the installed ones answers it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseVersion } from '../launch/script-file.ts';

export interface ProjectPin {
  /** As written: `22`, `v20.11.1`, `lts/jod`. */
  readonly wanted: string;
  /** `.nvmrc`, `.node-version`, … */
  readonly file: string;
  readonly folder: string;
}

const READERS: readonly { readonly file: string; readonly read: (content: string) => string | undefined }[] = [
  { file: '.nvmrc', read: firstLine },
  { file: '.node-version', read: firstLine },
  { file: 'package.json', read: voltaNode },
  { file: '.tool-versions', read: (content) => /^(?:nodejs|node)[ \t]+(\S+)/m.exec(content)?.[1] },
  { file: 'mise.toml', read: miseNode },
  { file: '.mise.toml', read: miseNode },
];

/** Nearest folder first, from `folder` up to the root. */
export async function findProjectPin(folder: string): Promise<ProjectPin | undefined> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    for (const { file, read } of READERS) {
      const content = await readSmall(path.join(current, file));
      const wanted = content === undefined ? undefined : read(content)?.trim();
      if (wanted) return { wanted, file, folder: current };
    }
    if (path.dirname(current) === current) return undefined;
  }
}

async function readSmall(file: string): Promise<string | undefined> {
  try {
    const content = await readFile(file, 'utf8');
    return content.length > 1_000_000 ? undefined : content;
  } catch {
    return undefined; // Not there, or a folder of that name: no pin here.
  }
}

function firstLine(content: string): string | undefined {
  return content
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .find((line) => line !== '');
}

function voltaNode(content: string): string | undefined {
  try {
    const { volta } = JSON.parse(content) as { volta?: { node?: unknown } };
    return typeof volta?.node === 'string' ? volta.node : undefined;
  } catch {
    return undefined; // A broken package.json is reported by Node itself; it pins nothing.
  }
}

/** `node = "22"`, `node = ["22"]` or `node = { version = "22" }` under `[tools]`. */
function miseNode(content: string): string | undefined {
  const tools = /^\[tools\][ \t]*$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(content)?.[1] ?? '';
  return /^[ \t]*"?(?:node|nodejs)"?[ \t]*=[^"'\n]*["']([^"'\n]+)["']/m.exec(tools)?.[1];
}

/** Names of the long-term lines, as nvm writes them: lts/jod. */
const LTS_LINES: Readonly<Record<string, number>> = {
  argon: 4,
  boron: 6,
  carbon: 8,
  dubnium: 10,
  erbium: 12,
  fermium: 14,
  gallium: 16,
  hydrogen: 18,
  iron: 20,
  jod: 22,
  krypton: 24,
};

/** The newest of `installed` that answers `wanted`; undefined when none does. Versions as `v22.14.0`. */
export function matchPin<T extends { readonly version?: string }>(wanted: string, installed: readonly T[]): T | undefined {
  const fits = pinTest(wanted.toLowerCase());
  return newestFirst(installed).find(({ version }) => {
    const parsed = parseVersion(version);
    return parsed !== undefined && fits([parsed.major, parsed.minor, parsed.patch]);
  });
}

export function newestFirst<T extends { readonly version?: string }>(installed: readonly T[]): readonly T[] {
  const rank = ({ version }: T) => {
    const parsed = parseVersion(version);
    return parsed ? parsed.major * 1e8 + parsed.minor * 1e4 + parsed.patch : -1;
  };
  return [...installed].sort((a, b) => rank(b) - rank(a));
}

function pinTest(wanted: string): (version: readonly [number, number, number]) => boolean {
  if (/^(node|latest|stable|current|\*)$/.test(wanted)) return () => true;
  if (/^lts(\/\*)?$/.test(wanted)) return ([major]) => major % 2 === 0;
  const line = LTS_LINES[wanted.replace(/^lts[/-]/, '')];
  if (line !== undefined) return ([major]) => major === line;
  const caret = /^([\^~]|>=)?\s*v?(\d+(?:\.\d+)*)/.exec(wanted);
  if (!caret) return () => false;
  const parts = (caret[2] as string).split('.').map(Number);
  // ^22.3 and ~22.3.1 also take what is newer within the same major or minor line; plain numbers are a prefix.
  const exact = caret[1] === '^' ? 1 : caret[1] === '~' ? Math.min(2, parts.length) : caret[1] === '>=' ? 0 : parts.length;
  return (version) => parts.slice(0, exact).every((part, index) => version[index] === part) && !isBelow(version, parts);
}

function isBelow(version: readonly [number, number, number], floor: readonly number[]): boolean {
  for (const [index, part] of floor.entries()) {
    const difference = (version[index] ?? 0) - part;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
