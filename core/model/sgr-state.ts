/** Which colours and styles a program's output has switched on: ANSI's SGR codes (`ESC [ … m`), over the ends of lines and chunks. */

const ESCAPE = 27;
const BRACKET = 91;
const M = 109;
/** A code that is not over by then is none. */
const MAX_CODE_BYTES = 64;
/** What switches each style on and off; 22 ends both weights. */
const STYLES: readonly { readonly on: number; readonly off: number }[] = [
  { on: 1, off: 22 },
  { on: 2, off: 22 },
  { on: 3, off: 23 },
  { on: 4, off: 24 },
  { on: 7, off: 27 },
  { on: 8, off: 28 },
  { on: 9, off: 29 },
];

export class SgrState {
  #styles = new Set<number>();
  #foreground = '';
  #background = '';
  /** The beginning of a code that the last piece ended in. */
  #pending: number[] = [];

  constructor(codes = '') {
    if (codes !== '') this.push(new TextEncoder().encode(codes));
  }

  /** The codes that bring a terminal into this state; empty for the plain one. A half code at the end belongs to it. */
  get codes(): string {
    const on = [...[...this.#styles].map(String), this.#foreground, this.#background].filter((each) => each !== '');
    return on.map((each) => `\u001b[${each}m`).join('') + String.fromCharCode(...this.#pending);
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#pending.length === 0) {
        at = bytes.indexOf(ESCAPE, at);
        if (at < 0) return;
      }
      this.#take(bytes[at] as number);
      at++;
    }
  }

  #take(byte: number): void {
    const { length } = this.#pending;
    const belongs = length === 0 ? byte === ESCAPE : length === 1 ? byte === BRACKET : (byte >= 48 && byte <= 59) || byte === M;
    if (!belongs || length >= MAX_CODE_BYTES) {
      this.#pending = byte === ESCAPE ? [byte] : [];
      return;
    }
    if (length >= 2 && byte === M) {
      this.#apply(String.fromCharCode(...this.#pending.slice(2)));
      this.#pending = [];
    } else this.#pending.push(byte);
  }

  #apply(list: string): void {
    // Colons are the standard's own way to write a colour: 38:5:208, 38:2::1:2:3.
    const codes = list
      .replace(/([34]8:2):\d*:(?=\d+:\d+:\d+)/g, '$1:')
      .replaceAll(':', ';')
      .split(';')
      .map(Number);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] as number;
      if (code === 38 || code === 48) {
        const length = codes[i + 1] === 5 ? 3 : codes[i + 1] === 2 ? 5 : 1;
        const colour = codes.slice(i, i + length);
        if (length > 1 && colour.length === length) this.#setColour(code === 38, colour.join(';'));
        i += length - 1;
      } else this.#one(code);
    }
  }

  #one(code: number): void {
    if (code === 0) {
      this.#styles.clear();
      this.#foreground = '';
      this.#background = '';
    } else if (STYLES.some(({ on }) => on === code)) this.#styles.add(code);
    else if (code === 39) this.#foreground = '';
    else if (code === 49) this.#background = '';
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) this.#setColour(true, String(code));
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) this.#setColour(false, String(code));
    else for (const { on, off } of STYLES) if (off === code) this.#styles.delete(on);
  }

  #setColour(foreground: boolean, code: string): void {
    if (foreground) this.#foreground = code;
    else this.#background = code;
  }
}
