/** The examples of the user pages run: each block of JavaScript or TypeScript that begins with its file's name. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { CAPTURE_OPTIONS } from '../../core/protocol/capture-options.ts';
import { optionTables } from '../helpers/option-table.ts';
import { QUIET_FLAGS } from '../helpers/quiet-capture.ts';
import { recordedCalls } from '../helpers/recorded-calls.ts';
import { CollectorFixture, spawnPlan } from './collector/collector-fixture.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-docs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

function exampleBlocks(page: string): { file: string; code: string }[] {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8');
  return [...text.matchAll(/```[jt]s\n\/\/ (\S+)\n(.*?)```/gs)].map((match) => ({ file: match[1] as string, code: match[2] as string }));
}

function record({ file, code }: { file: string; code: string }, plugins: readonly string[] = []): TraceEvent[] {
  const script = path.join(folder, file);
  const output = path.join(folder, `${file}.json`);
  writeFileSync(script, code);
  const options = ['--quiet', ...QUIET_FLAGS, ...plugins.flatMap((plugin) => ['--plugins', plugin]), '-o', output];
  const run = spawnSync(process.execPath, [path.join(root, 'dist/cli/trace-studio.cjs'), 'run', ...options, '--', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TRACE_STUDIO_HOME: path.join(folder, 'home') },
  });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  return JSON.parse(readFileSync(output, 'utf8')).traceEvents;
}

const names = (events: readonly TraceEvent[], ph: string): string[] => events.filter((event) => event.ph === ph).map(({ name }) => name);
const contents = (events: readonly TraceEvent[], kinds: string): unknown[] => events.filter(({ ph }) => kinds.includes(ph)).map(({ args }) => args);

/** Decorators need a compiler. */
const compiled = ({ file, code }: { file: string; code: string }): { file: string; code: string } =>
  file.startsWith('decorators') ? { file: 'decorators.mjs', code: transformSync(code, { loader: 'ts', target: 'es2022' }).code } : { file, code };

const EXPECTED: Readonly<Record<string, (events: readonly TraceEvent[]) => void>> = {
  'one-line.mjs': (events) => {
    expect(events.filter(({ ph }) => ph !== 'M').map(({ ph, name }) => ph + name)).toEqual(['Cqueue', 'Ncart', 'Ocart', 'icache miss', 'Xadd up']);
    expect(contents(events, 'CO')).toEqual([{ waiting: 3, running: 1 }, { snapshot: { items: ['lamp'], total: 39 } }]);
  },
  'subclass.mjs': (events) => {
    expect(names(events, 'C')).toEqual(['Queue', 'Queue', 'Queue']);
    expect(contents(events, 'C')).toEqual([
      { waiting: 0, full: 0 },
      { waiting: 1, full: 0 },
      { waiting: 2, full: 1 },
    ]);
  },
  'triggerlog.mjs': (events) => {
    expect(contents(events, 'O')).toEqual([{ snapshot: { items: ['lamp'] } }, { snapshot: { items: ['lamp', 'chair'] } }]);
  },
  'decorators.ts': (events) => expect(contents(events, 'C')).toEqual([{ balance: 50 }, { balance: 50 }, { balance: 0 }]),
  'counter.mjs': (events) => {
    const samples = events.filter((event) => event.ph === 'C' && event.name === 'queue');
    expect(samples.map((event) => event.args)).toEqual([{ waiting: 3 }, { waiting: 3, running: 1 }, { waiting: 2, running: 1 }]);
  },
  'object.mjs': (events) => {
    const cart = events.filter((event) => event.name === 'cart of Noor');
    expect(cart.map((event) => event.ph).join('')).toBe('NOOOOD');
    expect(cart.at(-2)?.args).toEqual({ snapshot: { items: [{ name: 'lamp', price: 39 }], total: 39 } });
  },
  'choose.mjs': (events) => {
    const samples = events.filter((event) => event.ph === 'C').map((event) => [event.name, event.args]);
    expect(samples).toEqual([
      ['only these', { open: 1 }],
      ['by hand', { a: 1, b: 2 }],
    ]);
  },
  'moments.mjs': (events) => {
    expect(events.find((event) => event.ph === 'i')).toMatchObject({ name: 'cache miss', args: { key: 'EUR' } });
    expect(events.find((event) => event.ph === 'X')).toMatchObject({ name: expect.stringContaining('load rules') });
  },
};

describe('docs/custom-events.md', () => {
  const blocks = exampleBlocks('custom-events.md');
  it('names every example that is checked here', () => expect(blocks.map((block) => block.file).sort()).toEqual(Object.keys(EXPECTED).sort()));
  it.each(blocks)('$file records what the page says', (block) => EXPECTED[block.file]?.(record(compiled(block))));
});

/** What the plugins of the page are tried on: a short and a long duration, and some noise. */
const SCRIPT = {
  file: 'script.mjs',
  code: `import { getTracer } from 'trace-studio';
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    await getTracer().measure('long', () => wait(200));
    getTracer().measure('short', () => {});
    getTracer().logInstant('noise');`,
};

const PLUGINS: Readonly<Record<string, { readonly text?: string; readonly check: (events: readonly TraceEvent[]) => void }>> = {
  'heartbeat.mjs': {
    check: (events) => {
      const beats = events.filter((event) => event.name === 'heartbeat').map((event) => event.args?.beats);
      expect(beats.length).toBeGreaterThan(0);
      expect(beats).toEqual(beats.map((_, i) => i + 1));
    },
  },
  'without-noise.mjs': {
    check: (events) => {
      expect(names(events, 'i')).toEqual([]);
      expect(names(events, 'X').sort()).toEqual(['long', 'short']);
    },
  },
  'slow-only.mjs': {
    text: './slow-only.mjs --longer-than 5 --count',
    check: (events) => {
      expect(names(events, 'X')).toEqual(['long']);
      expect(events.find(({ name }) => name === 'too short')?.args).toEqual({ taken: 1 });
    },
  },
  'longest.ts': { check: (events) => expect(events.filter(({ args }) => args?.longest).map(({ name }) => name)).toEqual(['long']) },
  'summary.mjs': { check: () => expect(readFileSync(path.join(folder, 'summary.txt'), 'utf8')).toBe('long\nshort') },
};

describe('docs/write-a-plugin.md', () => {
  const blocks = exampleBlocks('write-a-plugin.md');
  it('names every example that is checked here', () => expect(blocks.map((block) => block.file).sort()).toEqual(Object.keys(PLUGINS).sort()));
  it.each(blocks)('$file does what the page says', ({ file, code }) => {
    const plugin = PLUGINS[file];
    writeFileSync(path.join(folder, file), code);
    plugin?.check(record(SCRIPT, [plugin.text ?? `./${file}`]));
  });
});

describe('docs/run-configuration.md', () => {
  const page = readFileSync(path.join(root, 'docs', 'run-configuration.md'), 'utf8');

  // One option or another: the page is what the table of options says. Put what the test wants into the page.
  it('names every option as it is', () => expect(page).toContain(optionTables()));

  it.each(exampleBlocks('run-configuration.md'))('$file is taken, by the command line', ({ file, code }) => {
    const project = path.join(folder, 'configured');
    mkdirSync(path.join(project, 'src'), { recursive: true });
    writeFileSync(path.join(project, 'package.json'), '{}');
    writeFileSync(path.join(project, file), code);
    writeFileSync(path.join(project, 'src/script.mjs'), "console.log('ran');");
    const { CI: _, ...environment } = process.env;
    const run = spawnSync(process.execPath, [path.join(root, 'dist/cli/trace-studio.cjs'), 'run', '-o', 'result.json', '--', 'src/script.mjs'], {
      cwd: project,
      encoding: 'utf8',
      env: { ...environment, TRACE_STUDIO_HOME: path.join(folder, 'home') },
    });
    expect(run).toMatchObject({ status: 0, stdout: 'ran\n' });
    expect(run.stderr).toContain(`options of ${file}.`);
    expect(run.stderr).toContain('keeps the newest 30 s, at most 256 MB');
  });
});

describe('examples/plugins', () => {
  const withPlugin = (text: string): readonly TraceEvent[] => record(SCRIPT, [path.join(root, 'examples/plugins', text)]);

  it('system-load.mjs records counters', () => {
    const free = withPlugin('system-load.mjs -f 20').find(({ name }) => name === 'memory free MB');
    expect(free?.args?.free).toBeGreaterThan(0);
  });
  it('mark-slow.ts changes what was recorded', () => {
    const events = withPlugin('mark-slow.ts --longer-than 20 --only');
    expect(names(events, 'X')).toEqual(['long']);
    expect(events.find(({ name }) => name === 'slow')?.args).toEqual({ what: 'long', ms: expect.any(Number) });
  });
});

describe('docs/sampling.md', () => {
  const blocks = exampleBlocks('sampling.md');

  it('the program of the page is sampled', async () => {
    const [block] = blocks;
    expect(blocks.map(({ file }) => file)).toEqual(['primes.mjs']);
    const fixture = new CollectorFixture();
    try {
      writeFileSync(path.join(folder, 'primes.mjs'), block?.code ?? '');
      const plan = { args: [path.join(folder, 'primes.mjs')], preload: path.join(root, 'dist/tracer/preload.cjs'), capture: { calls: 'sampling' } as const };
      await fixture.run(spawnPlan(plan));
      const seen = recordedCalls(fixture.bytes()).filter((call) => call.stream === 'main (sampled)');
      expect(seen.some((call) => call.function.name === 'countPrimes' && call.function.line === 6)).toBe(true);
    } finally {
      await fixture.dispose();
    }
  });

  it('names options that there are', () => {
    const flags = [...readFileSync(path.join(root, 'docs/sampling.md'), 'utf8').matchAll(/--([a-z-]+) \w+/g)].map(([, flag]) => flag);
    const known: readonly string[] = CAPTURE_OPTIONS.map(({ flag }) => flag);
    expect(flags.filter((flag) => flag !== undefined && !known.includes(flag))).toEqual([]);
    expect(flags).toContain('calls');
  });
});

describe('docs/attach.md', () => {
  const text = readFileSync(path.join(root, 'docs/attach.md'), 'utf8');
  const commands = [...text.matchAll(/^trace-studio (attach \S.*)$/gm)].map(([, command]) => (command as string).split(' '));
  const attach = (args: readonly string[]) =>
    spawnSync(process.execPath, [path.join(root, 'dist/cli/trace-studio.cjs'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, TRACE_STUDIO_HOME: path.join(folder, 'home') },
    });

  it('the program of the page is listed, recorded, asked for files, and goes on', async () => {
    const [block] = exampleBlocks('attach.md');
    writeFileSync(path.join(folder, 'night-shift.mjs'), block?.code ?? '');
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, [path.join(folder, 'night-shift.mjs')], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      expect(attach(['attach']).stdout).toMatch(new RegExp(`^ *${child.pid}  ${process.version} +night-shift.mjs$`, 'm'));
      expect(commands.map(([, name]) => name)).toEqual(['night-shift', 'night-shift', 'night-shift']);
      for (const command of commands) {
        const { status, stderr } = attach(command);
        expect([status, stderr]).toEqual([0, expect.stringMatching(/attached to night-shift\.mjs.*\n.*wrote night/)]);
      }
      const calls = recordedCalls(readFileSync(path.join(folder, 'night.tsr')));
      expect(calls.some((call) => call.function.name === 'fibonacci' && call.function.file.endsWith('night-shift.mjs'))).toBe(true);
      expect(readFileSync(path.join(folder, 'night.cpuprofile'), 'utf8')).toContain('"fibonacci"');
      expect(readFileSync(path.join(folder, 'night.heapsnapshot'), 'utf8')).toContain('"node_count"');
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });
});
