import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

/** What is read beside a file. Paths are absolute, with the separators of the platform or with `/`. */
export interface SourceHost {
  /** Undefined: it is not there, or too large. */
  readonly readText: (path: string) => string | undefined;
  readonly fromBase64: (text: string) => string;
}

/** From 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A map of a map of a map: more in a row are a loop. */
const MAX_MAPS = 5;
const COMMENT = /^[ \t]*\/[/*][#@][ \t]*sourceMappingURL=([^\s'"]+)[ \t]*(?:\*\/)?[ \t]*$/gm;

/** Where positions of generated files come from, through maps inside of them and beside them, one behind the other. */
export class SourceMaps {
  readonly #host: SourceHost;
  readonly #maps = new Map<string, TraceMap | undefined>();
  /** Files that were looked for: what is known from them changes with them. */
  readonly read = new Set<string>();

  constructor(host: SourceHost) {
    this.#host = host;
  }

  /** True if `source` names a map that can be read. */
  has(file: string, source: string): boolean {
    return this.#mapOf(file, source) !== undefined;
  }

  original(file: string, source: string, position: Position): Position {
    let found = position;
    let text: string | undefined = source;
    let generated = file;
    for (let depth = 0; depth < MAX_MAPS; depth++) {
      const map = text === undefined ? undefined : this.#mapOf(generated, text);
      const traced = map && originalPositionFor(map, { line: found.line, column: found.column - 1 });
      if (!traced || traced.source === null) return found;
      found = { file: pathOf(traced.source), line: traced.line, column: traced.column + 1 };
      if (!/\.[cm]?jsx?$/.test(found.file) || found.file === generated) return found;
      generated = found.file;
      text = this.#maps.has(generated) ? '' : this.#readText(generated);
    }
    return found;
  }

  #mapOf(file: string, source: string): TraceMap | undefined {
    if (this.#maps.has(file)) return this.#maps.get(file);
    const map = this.#load(file, source);
    this.#maps.set(file, map);
    return map;
  }

  #load(file: string, source: string): TraceMap | undefined {
    const url = lastMatch(source);
    if (url === undefined) return undefined;
    try {
      if (url.startsWith('data:')) return new TraceMap(this.#inline(url), file.replaceAll('\\', '/'));
      const path = beside(file, url);
      const text = path === undefined ? undefined : this.#readText(path);
      return text === undefined ? undefined : new TraceMap(withoutPrefix(text), (path as string).replaceAll('\\', '/'));
    } catch {
      return undefined; // No map, or a broken one: positions are those of the file itself.
    }
  }

  #inline(url: string): string {
    const comma = url.indexOf(',');
    const body = url.slice(comma + 1);
    return url.slice(0, comma).endsWith(';base64') ? this.#host.fromBase64(body) : decodeURIComponent(body);
  }

  #readText(path: string): string | undefined {
    this.read.add(path);
    return this.#host.readText(path);
  }
}

function lastMatch(source: string): string | undefined {
  if (!source.includes('sourceMappingURL=')) return undefined;
  let url: string | undefined;
  for (const match of source.matchAll(COMMENT)) url = match[1];
  return url;
}

/** Only files beside: nothing is fetched. */
function beside(file: string, url: string): string | undefined {
  if (url.startsWith('file:')) return pathOf(url);
  if (/^[a-z][a-z\d+.-]+:/i.test(url)) return undefined;
  const path = decodeURIComponent(url.replace(/[?#].*$/, ''));
  if (path.startsWith('/')) return path;
  const parts = file.replaceAll('\\', '/').split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** JSON may be guarded against being run as a script. */
const withoutPrefix = (text: string): string => text.replace(/^\)\]\}'[^\n]*\n/, '');

/** A path as the file system has it; what is no file stays as it is. */
function pathOf(source: string): string {
  if (!source.startsWith('file:')) return source;
  const path = decodeURIComponent(source.replace(/^file:\/\/(?:localhost)?/, ''));
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}
