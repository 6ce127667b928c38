/**
 * Stands for `node:crypto` in the bundle of `run` (build.mjs says so), which takes longer to load than all of our code that runs
 * before the script does. Random bytes come from the system, where Node's have their seed from; what else is needed, or where the
 * system has no file for them, is Node's own, loaded then.
 */
import { closeSync, openSync, readSync } from 'node:fs';

type Crypto = typeof import('node:crypto');

const crypto = (): Crypto => process.getBuiltinModule('node:crypto');

export const createHash: Crypto['createHash'] = (...given) => crypto().createHash(...given);

export const timingSafeEqual: Crypto['timingSafeEqual'] = (...given) => crypto().timingSafeEqual(...given);

export function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  return readSystem(bytes) ? bytes : crypto().randomBytes(count);
}

/** Version 4: random but for its 6 bits of version and variant. */
export function randomUUID(): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function readSystem(into: Uint8Array): boolean {
  if (process.platform === 'win32') return false;
  try {
    const device = openSync('/dev/urandom', 'r');
    try {
      return readSync(device, into, 0, into.length, null) === into.length;
    } finally {
      closeSync(device);
    }
  } catch {
    return false; // A sandbox without devices.
  }
}
