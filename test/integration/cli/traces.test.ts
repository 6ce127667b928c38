import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const CLI = path.join(root, 'dist/cli/trace-studio.cjs');
const fixture = (name: string): string => path.join(root, 'test/fixtures/formats', name);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'traces-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => path.join(folder, name);
const run = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...words], { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
};
const json = (name: string): { traceEvents: Record<string, unknown>[] } => JSON.parse(readFileSync(file(name), 'utf8'));

describe('trace-studio info', () => {
  it('prints one object with what is in a file, in the order of the manual', () => {
    const { status, stdout } = run('info', fixture('trace-event/instants_async_flow.json'), '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      format: 'trace-event',
      slices: 9,
      instants: 5,
      counterSamples: 3,
      objectSnapshots: 0,
      asyncSlices: 1,
      flowEvents: 2,
      processes: 1,
      threads: 1,
      startNs: 1104567352552,
      durationNs: 18662081,
      issues: [{ kind: 'overlapping-slices', count: 1, example: expect.stringContaining('flow src') }],
      sources: { files: 0, bytes: 0 },
    });
    expect(Object.keys(JSON.parse(stdout))).toEqual(
      'format slices instants counterSamples objectSnapshots asyncSlices flowEvents processes threads startNs durationNs issues sources'.split(' '),
    );
  });

  it('prints the same for people, and for formats of all kinds', () => {
    expect(run('info', fixture('trace-event/fib.json.gz')).stdout).toMatch(/slices {12}468\n/);
    expect(run('info', fixture('v8/app.cpuprofile')).stdout).toContain('V8 CPU profile (cpuprofile)');
    expect(run('info', fixture('v8/app.heapprofile')).stdout).toContain('V8 heap profile (heapprofile)');
  });

  it('counts events as the run that recorded them did', () => {
    writeFileSync(file('script.cjs'), 'function step(n) { return n > 0 ? step(n - 1) : 0; } for (let i = 0; i < 50; i++) step(i); console.log("done");');
    const recorded = /\(([\d,]+) events/.exec(run('run', '-o', 'r.tsr', '--', 'script.cjs').stderr)?.[1];
    expect(Number(recorded?.replace(',', ''))).toBeGreaterThan(2_000);
    expect(run('info', 'r.tsr').stdout).toContain(` ${recorded}\n`);
  });

  it('says how the TypeScript of a run was made to JavaScript', () => {
    writeFileSync(file('script.ts'), 'enum Size { Small = 1 } const size: Size = Size.Small; console.log(size);');
    run('run', '-o', 't.tsr', '--', 'script.ts');
    expect(run('info', 't.tsr').stdout).toMatch(/\n {2}TypeScript {8}transformed by [^\n]+\n/);
    expect(run('info', fixture('trace-event/fib.json.gz')).stdout).not.toContain('TypeScript');
  });

  it('says what is wrong with a file that cannot be read', () => {
    writeFileSync(file('picture.json'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]));
    expect(run('info', file('picture.json'))).toMatchObject({ status: 1, stderr: expect.stringContaining('it looks like a picture') });
    expect(run('info', file('missing.json'))).toMatchObject({ status: 1, stderr: expect.stringContaining('There is no file') });
    expect(run('info')).toMatchObject({ status: 2, stderr: expect.stringContaining('info needs a file') });
  });
});

describe('trace-studio stats', () => {
  it('prints an array by total, of what was asked for', () => {
    const rows = JSON.parse(run('stats', fixture('trace-event/fib.json'), '--json').stdout) as Record<string, unknown>[];
    expect(rows.map(({ name, count }) => [name, count])).toEqual([
      ['builtins.exec', 1],
      ['<module> (/home/user/gen/fib.py:1)', 1],
      ['fib (/home/user/gen/fib.py:1)', 465],
      ['builtins.print', 1],
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual('name count totalNs selfNs minNs maxNs meanNs p50Ns p90Ns p99Ns'.split(' '));
    const chosen = JSON.parse(
      run('stats', fixture('trace-event/fib.json'), '--json', '--match', 'FIB', '--thread', 'MainThread', '--from', '0', '--to', '100us').stdout,
    );
    expect(chosen).toHaveLength(2);
  });

  it('prints a table for people', () => {
    expect(run('stats', fixture('trace-event/fib.json')).stdout.split('\n')[0]).toMatch(/total +self +count +mean/);
  });

  it('refuses wrong words', () => {
    expect(run('stats', 'a.json', '--from', 'soon')).toMatchObject({ status: 2, stderr: expect.stringContaining('--from soon is no time') });
    expect(run('stats', 'a.json', '--match', '/(/')).toMatchObject({ status: 2, stderr: expect.stringContaining('no regular expression') });
    expect(run('stats', 'a.json', '--from', '2s', '--to', '1s')).toMatchObject({ status: 2, stderr: expect.stringContaining('ends before it begins') });
  });
});

describe('trace-studio convert', () => {
  it('writes what the name tells, and every format is read again with the same slices', () => {
    for (const name of ['a.tsr', 'a.json', 'a.json.gz', 'a.pftrace', 'a.viztracer.json', 'a.speedscope.json', 'a.cpuprofile', 'a.pftrace.gz']) {
      const { status, stderr } = run('convert', fixture('trace-event/fib.json'), '-o', file(name));
      expect([name, status, stderr]).toEqual([name, 0, expect.stringContaining('wrote ')]);
      const { slices } = JSON.parse(run('info', file(name), '--json').stdout) as { slices: number };
      expect([name, slices]).toEqual([name, 468]);
    }
  });

  it('writes tables as CSV', () => {
    run('convert', fixture('trace-event/counters.json'), '-o', file('a.csv'));
    expect(readFileSync(file('a.csv'), 'utf8').split('\r\n').slice(0, 2)).toEqual([
      'time_ns,pid,process,thread,counter,series,value',
      expect.stringMatching(/^\d+,20988,MainProcess,/),
    ]);
    run('convert', fixture('trace-event/counters.json'), '-o', file('s.csv'), '--table', 'statistics');
    expect(readFileSync(file('s.csv'), 'utf8')).toMatch(/^name,count,total_ns,self_ns/);
  });

  it('leaves parts out', () => {
    run('convert', fixture('trace-event/counters.json'), '-o', file('none.json'), '--without', 'counters,notes');
    expect(json('none.json').traceEvents.filter(({ ph }) => ph === 'C')).toEqual([]);
    expect(run('convert', 'a.json', '-o', file('b.json'), '--without', 'everything')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--without has no everything'),
    });
  });

  it('writes a part of a trace', () => {
    expect(run('convert', fixture('trace-event/fib.json'), '-o', file('part.json'), '--from', '20us', '--to', '30us').status).toBe(0);
    const part = json('part.json').traceEvents.filter(({ ph }) => ph === 'X');
    const whole = (
      JSON.parse(readFileSync(fixture('trace-event/fib.json'), 'utf8')) as { traceEvents: { ph: string; ts: number; dur: number }[] }
    ).traceEvents.filter(({ ph }) => ph === 'X');
    const start = Math.min(...whole.map(({ ts }) => ts));
    const expected = whole.filter(({ ts, dur }) => Math.round((ts - start + dur) * 1000) >= 20_000 && Math.round((ts - start) * 1000) <= 30_000);
    expect(part).toHaveLength(expected.length);
  });

  it('leaves the input and files that are there alone', () => {
    writeFileSync(file('in.json'), readFileSync(fixture('trace-event/fib.json')));
    writeFileSync(file('there.json'), 'mine');
    expect(run('convert', 'in.json', '-o', 'in.json', '--force')).toMatchObject({ status: 1, stderr: expect.stringContaining('is the file itself') });
    expect(run('convert', 'in.json', '-o', 'there.json')).toMatchObject({ status: 1, stderr: expect.stringContaining('--force') });
    writeFileSync(file('bad.json'), 'no trace');
    expect(run('convert', 'bad.json', '-o', 'there.json', '--force')).toMatchObject({ status: 1 });
    expect(readFileSync(file('there.json'), 'utf8')).toBe('mine');
    expect(readFileSync(file('in.json'))).toEqual(readFileSync(fixture('trace-event/fib.json')));
  });

  it('names the formats that there are', () => {
    expect(run('convert', 'in.json', '-o', 'out.xyz')).toMatchObject({ status: 2, stderr: expect.stringContaining('.speedscope.json') });
    expect(run('convert', 'in.json', '-o', 'out', '--format', 'nothing')).toMatchObject({ status: 2, stderr: expect.stringContaining('perfetto') });
  });
});

describe('trace-studio combine', () => {
  it('puts files of any format into one, processes apart, and touches none of them', () => {
    writeFileSync(file('a.json'), readFileSync(fixture('trace-event/fib.json')));
    writeFileSync(file('b.json.gz'), gzipSync(readFileSync(fixture('trace-event/fib.json'))));
    const { status, stderr } = run('combine', 'a.json', 'b.json.gz', fixture('v8/app.cpuprofile'), '-o', 'all.json');
    expect([status, stderr]).toEqual([0, expect.stringContaining('Aligned by their starts.')]);
    const events = json('all.json').traceEvents;
    const byPid = new Map<unknown, number>();
    for (const { ph, pid } of events) if (ph === 'X') byPid.set(pid, (byPid.get(pid) ?? 0) + 1);
    expect([...byPid.values()].sort()).toEqual([359, 468, 468]);
    expect(readFileSync(file('a.json'))).toEqual(readFileSync(fixture('trace-event/fib.json')));
    expect(gunzipSync(readFileSync(file('b.json.gz')))).toEqual(readFileSync(fixture('trace-event/fib.json')));
  });

  it('never writes over an input, and writes nothing when one of them is no trace', () => {
    writeFileSync(file('a.json'), readFileSync(fixture('trace-event/fib.json')));
    writeFileSync(file('b.txt'), 'no trace');
    expect(run('combine', 'a.json', 'b.txt', '-o', 'a.json', '--force')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('one of the files themselves'),
    });
    expect(run('combine', 'a.json', 'b.txt', '-o', 'c.json')).toMatchObject({ status: 1 });
    expect(existsSync(file('c.json'))).toBe(false);
    expect(readFileSync(file('a.json'))).toEqual(readFileSync(fixture('trace-event/fib.json')));
    expect(run('combine', 'a.json', '-o', 'c.json')).toMatchObject({ status: 2, stderr: expect.stringContaining('at least two') });
  });
});

describe('what cannot be read or found', () => {
  it('is a sentence: a folder, a thread that is not there', () => {
    for (const words of [
      ['info', folder],
      ['stats', folder],
      ['convert', folder, '-o', 'out.json'],
    ]) {
      const { status, stderr } = run(...words);
      expect(stderr).toBe(`trace-studio: ${folder} is a folder. Name a file in it.\n`);
      expect(status).toBe(1);
    }
    expect(run('check', folder).stdout).toBe(`BAD  ${folder}: ${folder} is a folder. Name a file in it.\n`);
    const { status, stderr } = run('stats', fixture('trace-event/fib.json'), '--thread', 'Mian');
    expect(stderr).toBe('trace-studio: No thread with slices is called Mian. There are: MainThread.\n');
    expect(status).toBe(1);
  });

  it('is said of a recording when it was made, of another trace what its clock has', () => {
    expect(run('info', fixture('v8/app.cpuprofile')).stdout).toMatch(/starts at {9}\d+ ns of its clock\n/);
    writeFileSync(file('one.cjs'), 'console.log(1)');
    run('run', '-q', '-o', 'r.tsr', '--', 'one.cjs');
    expect(run('info', 'r.tsr').stdout).toMatch(/starts at {9}20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\n/);
  });
});

describe('trace-studio check', () => {
  it('says of each file whether it is whole', () => {
    const whole = readFileSync(fixture('trace-event/fib.json'));
    writeFileSync(file('cut.json'), whole.subarray(0, 5000));
    writeFileSync(file('no.json'), '{"a":1}');
    const { status, stdout } = run('check', fixture('trace-event/fib.json'), 'cut.json', 'no.json', 'missing.json');
    expect(status).toBe(1);
    expect(stdout.split('\n').map((line) => line.slice(0, 3))).toEqual(['ok ', 'BAD', '   ', 'BAD', 'BAD', '']);
    expect(stdout).toContain('cut × 1: byte 5000');
    expect(run('check', fixture('trace-event/fib.json')).status).toBe(0);
    const all = JSON.parse(run('check', 'cut.json', 'no.json', '--json').stdout);
    expect(all).toEqual([
      { file: 'cut.json', valid: false, format: 'trace-event', issues: [{ kind: 'cut', count: 1, example: 'byte 5000' }] },
      { file: 'no.json', valid: false, problem: expect.stringContaining('traceEvents'), issues: [] },
    ]);
  });
});
