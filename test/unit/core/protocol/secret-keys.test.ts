import fc from 'fast-check';
import { expect, it } from 'vitest';
import { secrecyOf } from '../../../../core/protocol/secret-keys.ts';

it.each(
  'token accessToken access_token ACCESS_TOKEN accesstoken x-auth-token password userPassword pwd DB_PWD passwd passphrase passcode secret clientSecret auth authHeader Authorization jwt jwtPayload pin pinCode PIN otp cvv apiKey API-Key APIKey apikey privateKey SSH_PRIVATE_KEY accessKeyId sessionId session-id cookie Set-Cookie credential bearer csrfToken'.split(
    ' ',
  ),
)('%s is masked, whatever its value', (key) => {
  expect(secrecyOf(key)).toBe('any');
});

it.each('tokens maxTokens usedTokens tokenCount token_limit tokenExpiresAt cookies credentials secrets pass'.split(' '))(
  '%s is masked unless it is a number',
  (key) => {
    expect(secrecyOf(key)).toBe('not-numbers');
  },
);

it.each(
  'author authority tokenizer tokenize spin spinner pinned opinion shipping passenger passed passes compass secretary cookiecutter key keys session sessions id user name keyboard apis private jwtx'.split(
    ' ',
  ),
)('%s is recorded', (key) => {
  expect(secrecyOf(key)).toBeUndefined();
});

it('takes any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (key) => void secrecyOf(key)));
});
