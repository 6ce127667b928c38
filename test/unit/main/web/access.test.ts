import { describe, expect, test } from 'vitest';
import { Access, readCookie } from '../../../../main/web/access.ts';
import { HostNames } from '../../../../main/web/host-names.ts';

describe('access', () => {
  test('a token is exchanged for a cookie once', () => {
    const access = new Access();
    const token = access.mintToken();
    const cookie = access.redeem(token);
    expect(access.isKnown(cookie)).toBe(true);
    expect(access.redeem(token)).toBeUndefined();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(cookie).not.toBe(token);
  });

  test('several links can be open, the oldest stop working', () => {
    const access = new Access();
    const tokens = Array.from({ length: 10 }, () => access.mintToken());
    expect(tokens.map((token) => access.redeem(token) !== undefined)).toEqual([false, false, true, true, true, true, true, true, true, true]);
  });

  test('a nonce belongs to the browser that loaded the page', () => {
    const access = new Access();
    const [one, two] = [access.redeem(access.mintToken()) as string, access.redeem(access.mintToken()) as string];
    const nonce = access.mintNonce(one);
    expect(access.isPage(one, nonce)).toBe(true);
    expect(access.isPage(two, nonce)).toBe(false);
    expect(access.isPage(undefined, nonce)).toBe(false);
    expect(access.isPage(one, '')).toBe(false);
  });

  test('what nobody was given opens nothing', () => {
    const access = new Access();
    expect(access.redeem('')).toBeUndefined();
    expect(access.isKnown('')).toBe(false);
    expect(access.isKnown(undefined)).toBe(false);
    expect(access.isPage('x', access.mintNonce('x'))).toBe(false);
  });

  test('old loads of the page are forgotten', () => {
    const access = new Access();
    const cookie = access.redeem(access.mintToken()) as string;
    const first = access.mintNonce(cookie);
    for (let i = 0; i < 64; i++) access.mintNonce(cookie);
    expect(access.isPage(cookie, first)).toBe(false);
  });
});

test.each([
  ['a=1; b=2', 'b', '2'],
  ['b=2', 'b', '2'],
  ['xb=2; b=3', 'b', '3'],
  ['b', 'b', undefined],
  ['b=', 'b', ''],
  [undefined, 'b', undefined],
])('of the cookies %j the one named %s is %j', (header, name, value) => {
  expect(readCookie(header, name)).toBe(value);
});

describe('host names', () => {
  const names = new HostNames(8080, ['Studio.example', 'proxy.example:443', '[2001:db8::1]:8080']);

  test.each([
    '127.0.0.1:8080',
    'localhost:8080',
    'LOCALHOST:8080',
    '[::1]:8080',
    'studio.example',
    'studio.example:1',
    'proxy.example:443',
    '[2001:db8::1]:8080',
  ])('%s is answered', (host) => {
    expect(names.isAllowed(host)).toBe(true);
  });

  test.each([
    undefined,
    '',
    '127.0.0.1',
    '127.0.0.1:80',
    'localhost',
    'proxy.example',
    'studio.example.evil',
    'evil.studio.example',
    '127.0.0.1:8080.evil',
    '2001:db8::1',
  ])('%s is not', (host) => {
    expect(names.isAllowed(host)).toBe(false);
  });

  test.each([
    ['http://127.0.0.1:8080', '127.0.0.1:8080', true],
    ['http://localhost:8080', '127.0.0.1:8080', false],
    ['https://127.0.0.1:8080', '127.0.0.1:8080', false],
    ['https://studio.example', 'studio.example', true],
    ['https://studio.example', 'studio.example:444', false],
    ['http://127.0.0.1:8080@evil.example', '127.0.0.1:8080', false],
    ['file://', '127.0.0.1:8080', false],
    ['null', '127.0.0.1:8080', false],
    [undefined, '127.0.0.1:8080', false],
  ])('origin %s at %s: %s', (origin, host, expected) => {
    expect(names.isSameOrigin(origin, host)).toBe(expected);
  });
});
