/** Debug annotations of Perfetto's track events, to JSON. */
import { Annotation, Interned } from './perfetto-fields.ts';
import { ProtoFields, Wire } from './proto-bytes.ts';

const MAX_DEPTH = 50;
const MAX_ENTRIES = 4096;

/** Texts of a sequence by kind and id. */
export type InternedTexts = ReadonlyMap<number, ReadonlyMap<number, string>>;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One annotation: its name and value. */
export function readAnnotation(bytes: Uint8Array, start: number, end: number, texts: InternedTexts, depth = 0): readonly [string, Json] {
  const fields = new ProtoFields().reset(bytes, start, end);
  let name = '';
  let value: Json = null;
  const entries: (readonly [string, Json])[] = [];
  const items: Json[] = [];
  let isObject = false;
  let isList = false;
  while (fields.next()) {
    switch (fields.field) {
      case Annotation.NAME_IID:
        name = texts.get(Interned.ANNOTATION_NAMES)?.get(fields.number) ?? `(name ${fields.number})`;
        break;
      case Annotation.NAME:
        name = fields.text;
        break;
      case Annotation.BOOL:
        value = fields.bool;
        break;
      case Annotation.UINT:
        value = fields.high >= 2 ** 21 ? fields.bits.toString() : fields.number;
        break;
      case Annotation.INT:
        value = fields.signed;
        break;
      case Annotation.POINTER:
        value = `0x${fields.bits.toString(16)}`;
        break;
      case Annotation.DOUBLE:
        // JSON has no place for what is not finite.
        value = Number.isFinite(fields.double) ? fields.double : String(fields.double);
        break;
      case Annotation.STRING:
        value = fields.text;
        break;
      case Annotation.STRING_IID:
        value = texts.get(Interned.STRING_VALUES)?.get(fields.number) ?? `(text ${fields.number})`;
        break;
      case Annotation.JSON:
        value = parsed(fields.text);
        break;
      case Annotation.NESTED:
        if (fields.wire === Wire.BYTES && depth < MAX_DEPTH) value = readNested(bytes, fields.start, fields.end, depth + 1);
        break;
      case Annotation.DICT_ENTRIES:
        isObject = true;
        if (fields.wire === Wire.BYTES && depth < MAX_DEPTH && entries.length < MAX_ENTRIES) {
          entries.push(readAnnotation(bytes, fields.start, fields.end, texts, depth + 1));
        }
        break;
      case Annotation.ARRAY_VALUES:
        isList = true;
        if (fields.wire === Wire.BYTES && depth < MAX_DEPTH && items.length < MAX_ENTRIES) {
          items.push(readAnnotation(bytes, fields.start, fields.end, texts, depth + 1)[1]);
        }
        break;
      default:
    }
  }
  // fromEntries defines each key, also one that is called __proto__.
  return [name, isObject ? Object.fromEntries(entries) : isList ? items : value];
}

/** The older form of objects and lists: keys and values, one behind the other. */
function readNested(bytes: Uint8Array, start: number, end: number, depth: number): Json {
  const fields = new ProtoFields().reset(bytes, start, end);
  const keys: string[] = [];
  const values: Json[] = [];
  const items: Json[] = [];
  let type = 0;
  let value: Json = null;
  while (fields.next()) {
    if (fields.field === 1) type = fields.low;
    else if (fields.field === 2) keys.push(fields.text);
    else if ((fields.field === 3 || fields.field === 4) && depth < MAX_DEPTH && fields.wire === Wire.BYTES) {
      (fields.field === 3 ? values : items).push(readNested(bytes, fields.start, fields.end, depth + 1));
    } else if (fields.field === 5) value = fields.signed;
    else if (fields.field === 6) value = Number.isFinite(fields.double) ? fields.double : String(fields.double);
    else if (fields.field === 7) value = fields.bool;
    else if (fields.field === 8) value = fields.text;
  }
  if (type === 1 || keys.length > 0) return Object.fromEntries(keys.map((key, i) => [key, values[i] ?? null]));
  if (type === 2 || items.length > 0) return items;
  return value;
}

function parsed(text: string): Json {
  try {
    // One argument of an event, bounded by its packet.
    return JSON.parse(text) as Json;
  } catch {
    // What is no JSON is shown as it was written.
    return text;
  }
}
