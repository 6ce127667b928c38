import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConsoleSource, type RecordingHead } from '../../../../core/protocol/recording-format.ts';
import { BlockReader, decodeConsole, findFooter, type RecordingItem } from '../../../../core/protocol/recording-reader.ts';
import { FlightFile } from '../../../../main/collector/flight-file.ts';
import { headFile, partFile, partsFolder, recoverParts } from '../../../../main/collector/flight-parts.ts';
import { Recorder } from '../../../../main/collector/recorder.ts';
import { RecordingFile } from '../../../../main/collector/recording-file.ts';
import { TemporaryFolder } from '../services/temporary-folder.ts';

let folder: TemporaryFolder;
let file: string;
let opened: FlightFile[];
beforeEach(() => {
  opened = [];
  folder = new TemporaryFolder();
  file = path.join(folder.path, 'flight.tsr');
});
afterEach(async () => {
  for (const flight of opened) await flight.close();
  folder.remove();
});

/** A recording of which half a megabyte is kept, written line by line of 10 kB. */
async function begin() {
  const head: RecordingHead = { studio: '0', session: 's', startMonotonicNs: String(process.hrtime.bigint()), startEpochNs: '0', title: 't' };
  const flight = await FlightFile.open(file, { seconds: 0, megabytes: 0.5 }, head);
  opened.push(flight);
  const written = new RecordingFile(flight, flight.partBytes);
  flight.readable = () => written.written;
  const recorder = new Recorder(written, head, { consoleQuotaBytes: Number.POSITIVE_INFINITY, closes: false });
  let lines = 0;
  const write = async (count: number) => {
    for (let i = 0; i < count; i++) recorder.console(ConsoleSource.STDOUT, Buffer.from(`line ${lines++} `.padEnd(10_000, '.')));
    recorder.flush();
    await written.settled();
    await flight.trim();
  };
  const finish = async () => {
    await recorder.finish({ kind: 'exited', code: 0 });
    await flight.finish(recorder.totals({ kind: 'exited', code: 0 }));
  };
  return { flight, write, finish };
}

interface Read {
  readonly lines: readonly number[];
  readonly problems: readonly RecordingItem[];
}

function read(recording = file): Read {
  const reader = new BlockReader();
  const items = [...reader.push(readFileSync(recording)), ...reader.end()];
  const text = items.flatMap((item) =>
    item.kind === 'block' && item.header.type === 4 ? decodeConsole(item.payload).map((each) => Buffer.from(each.text).toString()) : [],
  );
  return {
    lines: [...text.join('').matchAll(/line (\d+) /g)].map((match) => Number(match[1])),
    problems: items.filter((item) => item.kind !== 'block' && item.kind !== 'head'),
  };
}

const upTo = (last: number, count: number) => Array.from({ length: count }, (_, i) => last - count + 1 + i);
const onDisk = () => readdirSync(partsFolder(file)).reduce((sum, name) => sum + statSync(path.join(partsFolder(file), name)).size, 0);

describe('a flight recorder', () => {
  it('keeps what it is told to and a part more, however long it goes on, and becomes one whole file', async () => {
    const { write, finish } = await begin();
    for (let i = 0; i < 40; i++) {
      await write(20);
      expect(onDisk()).toBeLessThan(1_300_000);
    }
    expect(statSync(file).size, 'nothing is there before the end').toBe(0);
    await finish();
    expect(existsSync(partsFolder(file))).toBe(false);
    const { lines, problems } = read();
    expect(problems).toEqual([]);
    expect(lines).toEqual(upTo(799, lines.length));
    expect(lines.length).toBeGreaterThanOrEqual(50);
    expect(findFooter(readFileSync(file).subarray(-16_384))).toBeDefined();
  });

  it('lets nothing go while somebody copies, and makes up for it', async () => {
    const { write, flight } = await begin();
    const unpin = flight.pin();
    for (let i = 0; i < 10; i++) await write(20);
    const { size } = flight.view().bytes;
    expect(size).toBeGreaterThan(2_000_000);
    expect((await flight.view().bytes.read(size, 0)).length).toBe(size);
    unpin();
    await flight.trim();
    expect(onDisk()).toBeLessThan(1_300_000);
  });

  it('is not begun over a recording that is there', async () => {
    writeFileSync(file, 'mine');
    await expect(begin()).rejects.toThrow('EEXIST');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('after a crash of everything', () => {
  it.each([0, 10, 200])('its parts become a recording that was interrupted, with the newest of %i lines', async (lines) => {
    const { write } = await begin();
    for (let i = 0; i <= lines; i += 10) await write(i < lines ? 10 : 0);
    const copy = path.join(folder.path, 'copy.tsr');
    cpSync(file, copy);
    cpSync(partsFolder(file), partsFolder(copy), { recursive: true });
    await recoverParts(copy);
    const found = read(copy);
    expect(found.lines).toEqual(upTo(lines - 1, found.lines.length));
    expect(found.lines.length).toBeGreaterThanOrEqual(Math.min(lines, 50));
    expect(found.problems).toMatchObject([{ kind: 'cut', bytes: 0 }]);
    expect(existsSync(partsFolder(copy))).toBe(false);
    await recoverParts(copy);
    expect(read(copy).lines).toEqual(found.lines);
  });

  it('between a new beginning and the end of the part that it stands for, that part is left out', async () => {
    const { write } = await begin();
    const first = path.join(folder.path, 'first.part');
    await write(60);
    cpSync(partFile(file, 0), first);
    for (let i = 0; i < 10; i++) await write(20);
    cpSync(first, partFile(file, 0));
    writeFileSync(headFile(file, 1), 'an older one');
    writeFileSync(`${headFile(file, 99)}.tmp`, 'not whole');
    await recoverParts(file);
    const { lines } = read();
    expect(lines).toEqual(upTo(259, lines.length));
  });

  it('where it cannot be put together its parts stay, for the next time', async () => {
    const { write, finish } = await begin();
    await write(100);
    mkdirSync(`${file}.joining`);
    await expect(finish()).rejects.toThrow('EISDIR');
    expect(existsSync(partsFolder(file))).toBe(true);
    rmdirSync(`${file}.joining`);
    await recoverParts(file);
    expect(read().lines.at(-1)).toBe(99);
  });
});
