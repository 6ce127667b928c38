/** What tokens there are, and how they are told from each other. */

// Names that are words of the language in some places only. Up to LAST_NAME, a token is a name; up to LAST_WORD, it may stand behind a dot.
export const NAME: number = 1;
export const ASYNC: number = 2;
export const OF: number = 3;
export const GET: number = 4;
export const SET: number = 5;
export const STATIC: number = 6;
export const LET: number = 7;
export const EVAL: number = 8;
export const MODULE: number = 9;
export const EXPORTS: number = 10;
export const KEEP_NAME: number = 11;
export const ACCESSOR: number = 12;
export const FROM: number = 13;
export const AS: number = 14;
export const LAST_NAME: number = 14;
export const AWAIT: number = 15;
export const YIELD: number = 16;
export const FUNCTION: number = 17;
export const CLASS: number = 18;
export const VAR: number = 19;
export const CONST: number = 20;
export const RETURN: number = 21;
export const IF: number = 22;
export const ELSE: number = 23;
export const FOR: number = 24;
export const WHILE: number = 25;
export const DO: number = 26;
export const SWITCH: number = 27;
export const CASE: number = 28;
export const DEFAULT: number = 29;
export const TRY: number = 30;
export const CATCH: number = 31;
export const FINALLY: number = 32;
export const THROW: number = 33;
export const NEW: number = 34;
/** typeof, void, delete. */
export const PREFIX_WORD: number = 35;
export const IN: number = 36;
export const INSTANCEOF: number = 37;
export const THIS: number = 38;
export const SUPER: number = 39;
/** null, true, false. */
export const VALUE_WORD: number = 40;
export const IMPORT: number = 41;
export const EXPORT: number = 42;
export const EXTENDS: number = 43;
/** break, continue. */
export const LEAVE: number = 44;
export const WITH: number = 45;
export const DEBUGGER: number = 46;
export const ENUM: number = 47;
export const LAST_WORD: number = 47;

export const PRIVATE: number = 48;
export const NUMBER: number = 49;
export const STRING: number = 50;
export const TEMPLATE: number = 51;
export const END: number = 52;
export const LEFT_BRACE: number = 53;
export const RIGHT_BRACE: number = 54;
export const LEFT_PAREN: number = 55;
export const RIGHT_PAREN: number = 56;
export const LEFT_BRACKET: number = 57;
export const RIGHT_BRACKET: number = 58;
export const SEMICOLON: number = 59;
export const COMMA: number = 60;
export const COLON: number = 61;
export const DOT: number = 62;
export const ELLIPSIS: number = 63;
export const ARROW: number = 64;
export const EQUALS: number = 65;
/** `+=` and others, but not `/=`. */
export const ASSIGNMENT: number = 66;
export const QUESTION: number = 67;
export const OPTIONAL: number = 68;
/** `!`, `~`. */
export const PREFIX_SIGN: number = 69;
/** `++`, `--`. */
export const STEP: number = 70;
/** Operators between two values; those that are something else in other places come first. */
export const STAR: number = 71;
export const SLASH: number = 72;
/** `/=`, which may be the start of a regular expression. */
export const SLASH_EQUALS: number = 73;
export const SIGN: number = 74;
export const BETWEEN: number = 75;

const WORDS: Readonly<Record<string, number>> = {
  ...{
    async: ASYNC,
    of: OF,
    get: GET,
    set: SET,
    static: STATIC,
    let: LET,
    eval: EVAL,
    module: MODULE,
    exports: EXPORTS,
    __name: KEEP_NAME,
    accessor: ACCESSOR,
  },
  ...{ from: FROM, as: AS, await: AWAIT, yield: YIELD, function: FUNCTION, class: CLASS, var: VAR, const: CONST, return: RETURN, if: IF, else: ELSE, for: FOR },
  ...{ while: WHILE, do: DO, switch: SWITCH, case: CASE, default: DEFAULT, try: TRY, catch: CATCH, finally: FINALLY, throw: THROW, new: NEW },
  ...{ typeof: PREFIX_WORD, void: PREFIX_WORD, delete: PREFIX_WORD, in: IN, instanceof: INSTANCEOF, this: THIS, super: SUPER },
  ...{ null: VALUE_WORD, true: VALUE_WORD, false: VALUE_WORD, import: IMPORT, export: EXPORT, extends: EXTENDS, break: LEAVE, continue: LEAVE },
  ...{ with: WITH, debugger: DEBUGGER, enum: ENUM },
};

// Words by a number made of their length and three of their letters: no two share one, which is made sure of below.
export const WORD_TEXTS: (string | undefined)[] = new Array<undefined>(128).fill(undefined);
export const WORD_TOKENS = new Uint8Array(128);
export const wordNumber = (text: string, start: number, length: number): number =>
  (text.charCodeAt(start) + text.charCodeAt(start + 1) * 4 + text.charCodeAt(start + (length >> 1)) * 32 + length * 3) & 127;
export const LONGEST_WORD = 10;

export const PART = 1;
export const DIGIT = 2;
/** By the code of an ASCII letter. */
export const LETTERS = new Uint8Array(128);
/** Tokens of one sign. */
export const SIGNS = new Uint8Array(128);

for (const [word, token] of Object.entries(WORDS)) {
  const index = wordNumber(word, 0, word.length);
  if (WORD_TEXTS[index] !== undefined) throw new Error(`${word} and ${WORD_TEXTS[index]} share a number`);
  WORD_TEXTS[index] = word;
  WORD_TOKENS[index] = token;
}
for (let code = 0; code < 128; code++) {
  const letter = String.fromCharCode(code);
  LETTERS[code] = /[\w$]/.test(letter) ? PART | (/\d/.test(letter) ? DIGIT : 0) : 0;
}
const ONE_SIGN: Readonly<Record<string, number>> = {
  ...{ '{': LEFT_BRACE, '}': RIGHT_BRACE, '(': LEFT_PAREN, ')': RIGHT_PAREN, '[': LEFT_BRACKET, ']': RIGHT_BRACKET },
  ...{ ';': SEMICOLON, ',': COMMA, ':': COLON, '~': PREFIX_SIGN, '`': TEMPLATE },
};
for (const [sign, token] of Object.entries(ONE_SIGN)) SIGNS[sign.charCodeAt(0)] = token;
