/** Which keys look as if their values were secret, by their words: `accessToken`, `API-Key`, `session_id`. */

/** `any`: whatever the value. `not-numbers`: a number under this key counts something, as `maxTokens` does. */
export type Secrecy = 'any' | 'not-numbers' | undefined;

const WORDS = new Set(
  'token password passwd pwd passphrase passcode secret auth authorization jwt pin otp totp cvv cvc cookie credential bearer csrf xsrf apikey'.split(' '),
);
/** Several of them, or a word that means something else as well: text is masked, a number is not. */
const WORDS_UNLESS_NUMBERS = new Set('tokens passwords passphrases secrets cookies credentials apikeys pass'.split(' '));
/** Beside a word of the first kind: the number is how many, how long or until when. */
const COUNTING = new Set(
  'count counts total length size limit max min used left remaining budget rate ttl age expires expiry expiration at ms seconds index'.split(' '),
);
const PAIRS = new Set(['api key', 'private key', 'access key', 'secret key', 'signing key', 'encryption key', 'session id']);
/** Written as one word with another: `accesstoken`, `userpassword`. */
const ENDING = /(?:token|password|passwd|passphrase|secret|apikey|privatekey|accesskey|sessionid|cookie)$/;

export function secrecyOf(key: string): Secrecy {
  const words = wordsOf(key);
  if (words.some((word, i) => WORDS.has(word) || ENDING.test(word) || PAIRS.has(`${word} ${words[i + 1]}`)))
    return words.some((word) => COUNTING.has(word)) ? 'not-numbers' : 'any';
  return words.some((word) => WORDS_UNLESS_NUMBERS.has(word)) ? 'not-numbers' : undefined;
}

/** `HTTPAuthToken2` is http, auth, token. */
const wordsOf = (key: string): readonly string[] =>
  key
    .replace(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3 $2$4')
    .toLowerCase()
    .split(/[^a-z]+/);
