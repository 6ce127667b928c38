import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FlattenMap, LEAST_UPPER_BOUND, originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping';

/** A larger script, or map, is not looked at: its positions are those of the code that runs. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** A map may lead to a file that has one, too: compiled, then bundled. */
const MAX_STEPS = 4;
/** So many scripts have their maps in memory; a program of more has the oldest read again. */
const MAX_MAPS = 500;

/** Where a function stands in the code that its author wrote. Lines and columns count from 1; 0: not known. */
export interface SourcePosition {
  /** A path, or a URL that is no file's. Empty: not known. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Finds source positions through source maps: in the script, beside it, or as the engine was given them. Never throws. */
export class SourcePositions {
  /** By URL of a script. */
  readonly #maps = new Map<string, TraceMap | undefined>();

  /** What a loader made of a file while it was loaded is not on the disk: the engine knows the map's URL (`data:` or beside). */
  tell(url: string, mapUrl: string): void {
    if (!this.#maps.get(url)) this.#keep(url, mapUrl === '' ? undefined : load(mapUrl, url));
  }

  /** True if nothing is known of the script, and what the disk has of it may not be what runs. */
  wants(url: string): boolean {
    return url.startsWith('file:') && /\.(?:[cm]?tsx?|jsx)$/.test(url) && this.#mapOf(url) === undefined;
  }

  /** `line` and `column` count from 0, -1: not known. */
  find(url: string, line: number, column: number): SourcePosition {
    let at: SourcePosition = { file: url, line: line + 1, column: column + 1 };
    for (let step = 0; step < MAX_STEPS && at.line > 0; step++) {
      const next = this.#original(at);
      const isSame = next?.file === at.file;
      if (next) at = next;
      // What a loader made of a file has its name, too: the map leads from there to itself.
      if (!next || isSame) break;
    }
    return { ...at, file: shown(at.file) };
  }

  #original({ file, line, column }: SourcePosition): SourcePosition | undefined {
    const map = file.startsWith('file:') ? this.#mapOf(file) : undefined;
    if (!map) return undefined;
    const needle = { line, column: Math.max(0, column - 1) };
    // A function may begin before the first segment of its line.
    const found = originalPositionFor(map, needle);
    const { source, line: sourceLine, column: sourceColumn } = found.source === null ? originalPositionFor(map, { ...needle, bias: LEAST_UPPER_BOUND }) : found;
    return source === null ? undefined : { file: source, line: sourceLine, column: sourceColumn + 1 };
  }

  #mapOf(url: string): TraceMap | undefined {
    if (!this.#maps.has(url)) {
      const reference = mapReference(read(url));
      this.#keep(url, reference === undefined ? undefined : load(reference, url));
    }
    return this.#maps.get(url);
  }

  #keep(url: string, map: TraceMap | undefined): void {
    const oldest = this.#maps.size >= MAX_MAPS ? this.#maps.keys().next().value : undefined;
    if (oldest !== undefined) this.#maps.delete(oldest);
    this.#maps.set(url, map);
  }
}

/** A path where there is one. */
function shown(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}

function read(url: string): string {
  try {
    const file = fileURLToPath(url);
    return statSync(file).size > MAX_FILE_BYTES ? '' : readFileSync(file, 'utf8');
  } catch {
    return ''; // Not there any more, or never a file.
  }
}

/** The last one counts. */
function mapReference(code: string): string | undefined {
  const at = code.lastIndexOf('sourceMappingURL=');
  if (at < 3 || !/\/[/*][#@]\s*$/.test(code.slice(Math.max(0, at - 8), at))) return undefined;
  const end = code.slice(at, at + MAX_FILE_BYTES).search(/[\s'"]|\*\//);
  return code.slice(at + 'sourceMappingURL='.length, end < 0 ? undefined : at + end);
}

function load(reference: string, url: string): TraceMap | undefined {
  try {
    const inline = /^data:application\/json[^,]*?(;base64)?,/.exec(reference);
    if (inline) {
      const body = reference.slice(inline[0].length);
      return parse(inline[1] === undefined ? decodeURIComponent(body) : Buffer.from(body, 'base64').toString('utf8'), url);
    }
    const mapUrl = new URL(reference, url).href;
    return mapUrl.startsWith('file:') ? parse(read(mapUrl), mapUrl) : undefined;
  } catch {
    return undefined; // A map that cannot be read: the positions are those of the code that runs.
  }
}

function parse(json: string, url: string): TraceMap | undefined {
  // With or without sections; some begin with a line that keeps browsers from running them.
  return new FlattenMap(JSON.parse(json.replace(/^\)\]\}'[^\n]*\n/, '')), url);
}
