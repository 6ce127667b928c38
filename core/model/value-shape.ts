/** A recorded value as one can read it: markers of core/protocol/snapshot-value.ts are resolved here and nowhere else. */

export type ValueType =
  | 'string'
  | 'number'
  | 'boolean'
  | 'null'
  | 'undefined'
  | 'array'
  | 'object'
  | 'map'
  | 'set'
  | 'bytes'
  | 'date'
  | 'error'
  | 'function'
  | 'bigint'
  | 'symbol'
  | 'regexp'
  | 'cycle'
  | 'cut'
  | 'masked'
  | 'threw'
  | 'other';

export interface ValueShape {
  readonly type: ValueType;
  /** Of a leaf; empty for a branch, whose text is a preview of its children. */
  readonly text: string;
  /** Text of a leaf before it was shortened: two that differ only behind the cut are not the same. */
  readonly whole?: string;
  readonly className?: string;
  readonly children?: readonly (readonly [key: string, value: unknown])[];
  /** Entries (of a string: characters) that were not recorded. */
  readonly cut?: number;
  /** Entries of a map or set as the target had them. */
  readonly size?: number;
}

const MAX_TEXT = 200;
/** Of the children of one branch, this many are shown; the others count as cut. */
const MAX_CHILDREN = 1000;
const MAX_PREVIEW_CHILDREN = 8;

export const shorten = (text: string, length: number = MAX_TEXT): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

/** `value` comes from JSON.parse: it has only own, plain properties, whatever they are called. */
export function shapeOf(value: unknown): ValueShape {
  if (value === null) return { type: 'null', text: 'null' };
  switch (typeof value) {
    case 'string':
      return { type: 'string', text: quoted(value), whole: value };
    case 'number':
      return { type: 'number', text: String(value) };
    case 'boolean':
      return { type: 'boolean', text: String(value) };
    case 'undefined':
      return { type: 'undefined', text: 'undefined' };
    default:
  }
  if (Array.isArray(value)) return list('array', value);
  const record = value as Readonly<Record<string, unknown>>;
  return Object.hasOwn(record, '$ts') ? markerShape(record) : branch('object', Object.entries(record));
}

function markerShape(marker: Readonly<Record<string, unknown>>): ValueShape {
  const word = (key: string) => (typeof marker[key] === 'string' ? (marker[key] as string) : '');
  const count = (key: string) => (typeof marker[key] === 'number' ? (marker[key] as number) : 0);
  const listAt = (key: string): readonly unknown[] => (Array.isArray(marker[key]) ? (marker[key] as unknown[]) : []);
  const fields = () => (isRecord(marker.value) ? Object.entries(marker.value) : []);
  switch (marker.$ts) {
    case 'undefined':
      return { type: 'undefined', text: 'undefined' };
    case 'number':
      return { type: 'number', text: shorten(word('text')) };
    case 'bigint':
      return long('bigint', `${word('text')}n`);
    case 'symbol':
      return long('symbol', word('text'));
    case 'function':
      return { type: 'function', text: shorten(`ƒ ${word('name') || '(anonymous)'}()`) };
    case 'date':
      return long('date', word('text'));
    case 'regexp':
      return long('regexp', word('text'));
    case 'error':
      if (!isRecord(marker.value)) return long('error', `${word('name') || 'Error'}: ${word('message')}`);
      return branch('object', [['message', word('message')], ...fields()], count('cut'), { className: shorten(word('name') || 'Error') });
    case 'text':
      return long('other', `${word('class')} ${word('text')}`);
    case 'map': {
      const entries = listAt('entries').map((entry): [string, unknown] => (Array.isArray(entry) ? [keyText(entry[0]), entry[1]] : ['?', undefined]));
      return branch('map', entries, count('cut'), { size: count('size'), ...(word('class') !== '' && { className: shorten(word('class')) }) });
    }
    case 'set':
      return list('set', listAt('values'), count('cut'), { size: count('size') });
    case 'bytes': {
      const cut = count('cut');
      return withCut(long('bytes', `${word('type')}(${count('length')}) [${listAt('values').join(', ')}${cut > 0 ? ', …' : ''}]`), cut);
    }
    case 'instance':
      return branch('object', fields(), count('cut'), { className: shorten(word('class')) });
    case 'object':
      return branch('object', fields(), count('cut'));
    case 'array':
      return list('array', listAt('value'), count('cut'));
    case 'string': {
      const text = word('text');
      return withCut({ type: 'string', text: shorten(`${quoted(text)}…`), whole: text }, Math.max(0, count('length') - text.length));
    }
    case 'cycle':
      return { type: 'cycle', text: count('up') <= 1 ? 'the value that holds this' : `the value ${count('up')} levels up` };
    case 'deep':
      return withCut({ type: 'cut', text: shorten(`${word('type')} of ${count('size')}, deeper than was recorded`) }, count('size'));
    case 'threw':
      return long('threw', `threw: ${word('message')}`);
    case 'promise':
      return { type: 'other', text: 'Promise' };
    case 'weak':
      return { type: 'other', text: 'weak collection' };
    case 'proxy':
      return { type: 'other', text: 'Proxy' };
    case 'masked':
      return { type: 'masked', text: 'masked: the key looks secret' };
    case 'budget':
      return { type: 'cut', text: 'not recorded: the snapshot was full' };
    case 'unreadable':
      return long('other', `unreadable: ${word('text')}`);
    default:
      // A later version may know more; what it wrote is shown as it is.
      return long('other', JSON.stringify(marker));
  }
}

function branch(
  type: 'array' | 'object' | 'map' | 'set',
  entries: readonly (readonly [string, unknown])[],
  cut = 0,
  more: { readonly className?: string; readonly size?: number } = {},
): ValueShape {
  const left = Math.max(0, entries.length - MAX_CHILDREN);
  return withCut({ type, text: '', children: left > 0 ? entries.slice(0, MAX_CHILDREN) : entries, ...more }, cut + left);
}

const long = (type: ValueType, whole: string): ValueShape => ({ type, text: shorten(whole), whole });
const withCut = (shape: ValueShape, cut: number): ValueShape => (cut > 0 ? { ...shape, cut } : shape);

function list(type: 'array' | 'set', values: readonly unknown[], cut = 0, more: { readonly size?: number } = {}): ValueShape {
  const entries = values.slice(0, MAX_CHILDREN).map((value, index): [string, unknown] => [String(index), value]);
  return branch(type, entries, cut + values.length - entries.length, more);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const quoted = (text: string): string => shorten(JSON.stringify(text.slice(0, MAX_TEXT)));

function keyText(key: unknown): string {
  return typeof key === 'string' ? shorten(key) : previewOf(shapeOf(key), 0);
}

/** One line for a value: the text of a leaf, or the first children of a branch. */
export function previewOf(shape: ValueShape, depth = 1): string {
  const { children, type, className } = shape;
  if (!children) return shape.text;
  const [open, close] = type === 'array' || type === 'set' ? ['[', ']'] : ['{', '}'];
  const size = `(${shape.size ?? children.length}) `;
  const front = type === 'map' ? `${className ?? 'Map'}${size}` : type === 'set' ? `Set${size}` : className ? `${className} ` : '';
  const total = children.length + (shape.cut ?? 0);
  if (total === 0) return `${front}${open}${close}`;
  if (depth === 0) return type === 'array' ? `[${total}]` : `${front}${open}…${close}`;
  const shown = children.slice(0, MAX_PREVIEW_CHILDREN).map(([key, value]) => {
    const text = previewOf(shapeOf(value), 0);
    return type === 'array' || type === 'set' ? text : `${shorten(key, 40)}: ${shorten(text, 60)}`;
  });
  return shorten(`${front}${open}${shown.join(', ')}${total > shown.length ? ', …' : ''}${close}`);
}
