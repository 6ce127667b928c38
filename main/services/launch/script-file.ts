/** Looks at a file before Node does: is it JavaScript or TypeScript, and if not, what is it? Pure: takes the name and the first bytes. */
import { ok, problem, type Result } from '../../../core/base/result.ts';

export type Language = 'javascript' | 'typescript';

/** Bytes of the beginning that are enough to judge. */
export const HEAD_BYTES = 4096;

const JAVASCRIPT = new Set(['.js', '.mjs', '.cjs']);
const TYPESCRIPT = new Set(['.ts', '.mts', '.cts']);
/** No Node runs them by itself. */
const JSX = new Map<string, Language>([
  ['.jsx', 'javascript'],
  ['.tsx', 'typescript'],
]);

const MAGICS: readonly (readonly [string, readonly number[]])[] = [
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['gzip data', [0x1f, 0x8b]],
  ['a program for Linux', [0x7f, 0x45, 0x4c, 0x46]],
  ['a program for Windows', [0x4d, 0x5a, 0x90]],
  ['WebAssembly', [0x00, 0x61, 0x73, 0x6d]],
  ['a recording of this studio', [0x54, 0x53, 0x52, 0x45, 0x43, 0x4f, 0x52, 0x44]],
];

/** `hasLoader`: the Node flags bring a loader, so that other languages may be meant. `compilesJsx`: the tracer does. */
export function judgeScript(file: string, head: Uint8Array, hasLoader: boolean, compilesJsx = false): Result<Language> {
  const name = file.replace(/^.*[\\/]/, '');
  const extension = /\.[^.]+$/.exec(name.replace(/^\./, ''))?.[0].toLowerCase() ?? '';
  const chooseScript = 'Choose a file whose name ends in .js, .mjs, .cjs, .jsx, .ts, .mts, .cts or .tsx.';

  const magic = MAGICS.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte))?.[0];
  if (magic !== undefined) return problem('not-a-script', `${name} is ${magic}, not JavaScript.`, chooseScript);
  if (head.includes(0) && !isUtf16(head)) return problem('not-a-script', `${name} holds binary data, not JavaScript.`, chooseScript);

  if (JAVASCRIPT.has(extension)) return ok('javascript');
  if (TYPESCRIPT.has(extension)) return ok('typescript');
  const withJsx = JSX.get(extension);
  if (withJsx !== undefined) {
    if (hasLoader || compilesJsx) return ok(withJsx);
    return problem('needs-loader', `Node cannot run ${extension} files by itself: ${name}.`, 'Add a loader to the Node flags, for example --import tsx.');
  }

  const interpreter = shebangProgram(head);
  if (interpreter !== undefined) {
    if (/^(node|nodejs|tsx|ts-node)$/.test(interpreter)) return ok('javascript');
    return problem('not-a-script', `${name} is a script for ${interpreter}, not for Node.`, 'Use "Command" as the target to run a program of another kind.');
  }
  if (extension === '' || hasLoader) return ok('javascript');
  return problem('not-a-script', `${name} is not JavaScript or TypeScript: its name ends in ${extension}.`, chooseScript);
}

/** The program of a `#!` line, without its folder; looks through `env` and its options. */
function shebangProgram(head: Uint8Array): string | undefined {
  const firstLine = new TextDecoder('latin1').decode(head.subarray(0, 256)).split('\n', 1)[0] ?? '';
  const parts = /^#!\s*(.+)/.exec(firstLine)?.[1]?.trim().split(/\s+/);
  if (!parts) return undefined;
  const base = (word: string) => word.replace(/^.*\//, '');
  const [program, ...rest] = parts;
  if (base(program as string) !== 'env') return base(program as string);
  return base(rest.find((word) => !word.startsWith('-') && !word.includes('=')) ?? 'env');
}

const isUtf16 = (head: Uint8Array) => (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** `v22.14.0` as numbers; undefined for anything else. */
export function parseVersion(text: string | undefined): Version | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text ?? '');
  return match ? { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) } : undefined;
}

export const atLeast = (version: Version, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);

/** Strips types without a flag: 22.18, 23.6 and all after. */
export const stripsTypes = (version: Version): boolean => (version.major === 22 ? version.minor >= 18 : atLeast(version, 23, 6));
/** Strips types with --experimental-strip-types. */
export const stripsTypesWithFlag = (version: Version): boolean => atLeast(version, 22, 6);

const LOADER_FLAG = /^(-r|--require|--import|--loader|--experimental-loader)(=|$)/;
export const bringsLoader = (flags: readonly string[]): boolean => flags.some((flag) => LOADER_FLAG.test(flag));
export const bringsTypeStripping = (flags: readonly string[]): boolean =>
  flags.some((flag) => /^--experimental-(strip-types|transform-types)$/.test(flag)) || bringsLoader(flags);
