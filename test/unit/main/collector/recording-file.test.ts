import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type AppendFile, RecordingFile } from '../../../../main/collector/recording-file.ts';

// Properties run hundreds of cases: on a busy machine that takes longer than a plain test may.
vi.setConfig({ testTimeout: 60_000 });

/** A file in memory with room for `room` bytes that writes at most `atOnce` bytes in one call. */
function memoryFile(room = Number.POSITIVE_INFINITY, atOnce = Number.POSITIVE_INFINITY) {
  let bytes = Buffer.alloc(0);
  let gate: Promise<void> | undefined;
  const file: AppendFile = {
    write: async (parts, position) => {
      await gate;
      const all = Buffer.concat([...parts]);
      const fits = Math.min(all.length, room - position, atOnce);
      if (fits <= 0 && all.length > 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      bytes = Buffer.concat([bytes.subarray(0, position), all.subarray(0, fits)]);
      return fits;
    },
    read: async (length, position) => bytes.subarray(position, position + length),
    truncate: async (length) => {
      bytes = bytes.subarray(0, length);
    },
    close: async () => {},
  };
  return {
    file,
    get bytes() {
      return bytes;
    },
    /** Writes wait until the returned function is called. */
    block(): () => void {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
  };
}

const blocks = fc.array(fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 3 }), { maxLength: 20 });

describe('RecordingFile', () => {
  it('writes blocks in order, whatever a system call takes', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.integer({ min: 1, max: 50 }), async (all, atOnce) => {
        const memory = memoryFile(undefined, atOnce);
        const file = new RecordingFile(memory.file);
        for (const parts of all) expect(file.append(parts)).toBe(true);
        await file.settled();
        expect(memory.bytes.equals(Buffer.concat(all.flat()))).toBe(true);
        expect(file.written).toBe(memory.bytes.length);
      }),
    );
  });

  it('is cut back to its last whole block when the disk is full, and counts what is lost', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.nat(300), fc.integer({ min: 1, max: 50 }), async (all, room, atOnce) => {
        const memory = memoryFile(room, atOnce);
        const file = new RecordingFile(memory.file);
        for (const parts of all) file.append(parts, 1);
        await file.settled();
        const whole: Buffer[] = [];
        let length = 0;
        for (const parts of all) {
          const block = Buffer.concat(parts);
          if (length + block.length > room) break;
          length += block.length;
          whole.push(block);
        }
        expect(memory.bytes.equals(Buffer.concat(whole))).toBe(true);
        expect(file.written).toBe(length);
        expect(file.lostEvents).toBe(all.length - whole.length);
        expect(file.failure === undefined).toBe(whole.length === all.length);
      }),
    );
  });

  it('tells of pressure while much waits, and of its end', async () => {
    const memory = memoryFile();
    const open = memory.block();
    const file = new RecordingFile(memory.file);
    const told: boolean[] = [];
    file.onPressure = (high) => told.push(high);
    const block = new Uint8Array(1024 * 1024);
    for (let i = 0; i < 40; i++) file.append([block]);
    expect(told).toEqual([true]);
    open();
    await file.settled();
    expect(told).toEqual([true, false]);
  });

  it('lets sources go on after a failure, and takes a last small block', async () => {
    const memory = memoryFile(1000);
    const file = new RecordingFile(memory.file);
    const told: boolean[] = [];
    let failure: Error | undefined;
    file.onPressure = (high) => told.push(high);
    file.onFailure = (error) => {
      failure = error;
    };
    file.append([new Uint8Array(900).fill(1)]);
    for (let i = 0; i < 40; i++) file.append([new Uint8Array(1024 * 1024)]);
    await file.settled();
    expect(failure).toMatchObject({ code: 'ENOSPC' });
    expect(told.at(-1)).toBe(false);
    expect(file.append([Uint8Array.of(1)], 3)).toBe(false);
    expect(file.lostEvents).toBe(3);
    expect(await file.appendAfterFailure([Uint8Array.of(2, 2)])).toBe(true);
    expect(await file.appendAfterFailure([new Uint8Array(500)])).toBe(false);
    expect(memory.bytes.length).toBe(902);
  });

  it('shows no bytes that are not written', async () => {
    const memory = memoryFile();
    const open = memory.block();
    const file = new RecordingFile(memory.file);
    file.append([Uint8Array.of(1, 2, 3)]);
    expect((await file.read(10, 0)).length).toBe(0);
    open();
    await file.settled();
    expect([...(await file.read(10, 1))]).toEqual([2, 3]);
  });
});
