import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export const makeSecret = (): string => randomBytes(32).toString('hex');

/** Takes the same time whatever `given` is; also for texts of other lengths. */
export function secretEquals(given: unknown, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(typeof given === 'string' ? given : ''), hash(secret)) && typeof given === 'string';
}
