// Taken at load: a script may replace it.
const { stringify } = JSON;

const MAX_ARG_LETTERS = 500;

/** JSON of an object with these fields; a field that is undefined is left out. Texts are cut at `letters`. */
export function jsonArgs(fields: Readonly<Record<string, string | number | boolean | undefined>>, letters = MAX_ARG_LETTERS): string {
  let text = '';
  for (const key in fields) {
    const value = fields[key];
    if (value === undefined) continue;
    const json = typeof value === 'string' ? stringify(cutText(value, letters)) : numberOrBoolean(value);
    text += `${text === '' ? '{' : ','}"${key}":${json}`;
  }
  return text === '' ? '' : `${text}}`;
}

const numberOrBoolean = (value: number | boolean): string => (typeof value === 'boolean' || value - value === 0 ? String(value) : 'null');

/** At most `letters`, not ending in half a character; an ellipsis tells that there was more. */
export function cutText(text: string, letters: number): string {
  if (text.length <= letters) return text;
  const last = text.charCodeAt(letters - 2);
  return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? letters - 2 : letters - 1)}…`;
}
