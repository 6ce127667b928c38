import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest, readCommandLine } from '../../../../main/cli/command-line.ts';

const read = (line: string) => {
  const result = readCommandLine(line === '' ? [] : line.split(' '));
  return result.ok ? result.value : result.problem;
};

test.each([
  ['', { kind: 'open', files: [], forStart: false }],
  ['a.tsr b.json', { kind: 'open', files: ['a.tsr', 'b.json'], forStart: false }],
  ['--electron-or-web', { kind: 'open', files: [], forStart: true }],
  ['-- run', { kind: 'open', files: ['run'] }],
  ['./run', { kind: 'open', files: ['./run'] }],
  ['--help', { kind: 'help' }],
  ['-h', { kind: 'help' }],
  ['--version', { kind: 'version' }],
  ['-v', { kind: 'version' }],
  ['help run', { kind: 'help', about: 'run' }],
  ['run a.js', { kind: 'run', output: 'result.json', script: 'a.js', args: [], capture: {}, quiet: false, nodeFlags: '' }],
  ['run -- a.js -o x', { kind: 'run', output: 'result.json', script: 'a.js', args: ['-o', 'x'] }],
  ['run a.js --quiet', { kind: 'run', quiet: false, args: ['--quiet'] }],
  [
    'run -o r.json.gz --node /n --live --no-mask -q -- a.js',
    { kind: 'run', output: 'r.json.gz', node: '/n', capture: { whenFull: 'live', maskSecrets: false }, quiet: true },
  ],
  ['run --output=R.TSR a.js', { kind: 'run', output: 'R.TSR' }],
  ['run --plugins a b -o r.json -- a.js', { kind: 'run', plugins: ['a', 'b'], output: 'r.json', script: 'a.js', strictPlugins: false }],
  ['run --plugins a --plugins b --strict-plugins a.js', { kind: 'run', plugins: ['a', 'b'], strictPlugins: true, script: 'a.js' }],
  ['run --plugins=a a.js b', { kind: 'run', plugins: ['a'], script: 'a.js', args: ['b'] }],
  ['run a.js --plugins b', { kind: 'run', plugins: [], args: ['--plugins', 'b'] }],
  [
    'run --calls sampling --sampling-interval 0.2ms --include src/** --include=lib,{a,b}/** --no-packages --log-args --no-gc a.js',
    {
      kind: 'run',
      capture: { calls: 'sampling', samplingUs: 200, include: ['src/**', 'lib', '{a,b}/**'], packages: [], logArguments: true, gc: false },
    },
  ],
  ['run --stop-after 2m --keep last --keep-mb=1.5GB a.js', { kind: 'run', capture: { stopSeconds: 120, keep: 'last', keepMegabytes: 1500 } }],
  ['run --gc --no-gc --no-marks --marks a.js', { kind: 'run', capture: { gc: false, marks: true } }],
  ['run a.js --live', { kind: 'run', capture: {}, args: ['--live'] }],
  ['attach', { kind: 'attach', output: 'result.json', seconds: 0, sampling: true, laterCalls: true, runtime: true }],
  ['attach app --no-later-calls', { kind: 'attach', target: 'app', sampling: true, laterCalls: false }],
  ['attach 12 --duration 3 -o a.tsr -q', { kind: 'attach', target: '12', output: 'a.tsr', seconds: 3, quiet: true }],
  ['attach app --detach-after=2 --no-sampling --no-runtime', { kind: 'attach', target: 'app', seconds: 2, sampling: false, runtime: false }],
  [
    'attach app --cpu-profile a.cpuprofile',
    { kind: 'attach', cpuProfile: 'a.cpuprofile', profileSeconds: 5, sampling: false, laterCalls: false, runtime: false },
  ],
  ['attach app --heap-snapshot a.heapsnapshot -o a.tsr', { kind: 'attach', heapSnapshot: 'a.heapsnapshot', output: 'a.tsr', sampling: true }],
  ['attach a b', { code: 'too-many-words' }],
  ['attach a --duration never', { code: 'bad-number', message: '--duration is a number of seconds from 0.1 to 604800, not never.' }],
  ['attach a --cpu-profile a.json', { code: 'bad-file-name' }],
  ['attach a -o a.txt', { code: 'bad-report-name' }],
  ['attach --help', { kind: 'help', about: 'attach' }],
  ['export --raw a.tsr', { kind: 'export', raw: true }],
  ['export a.tsr', { kind: 'export', raw: false }],
  ['run --help', { kind: 'help', about: 'run' }],
  ['serve', { kind: 'serve', port: 0, host: '127.0.0.1', allowHosts: [], roots: [], openBrowser: true, files: [] }],
  ['serve -p 80 --no-open --root a --root b t.json', { kind: 'serve', port: 80, openBrowser: false, roots: ['a', 'b'], files: ['t.json'] }],
  ['serve --host 0.0.0.0 --allow-host a.b:80', { kind: 'serve', host: '0.0.0.0', allowHosts: ['a.b:80'] }],
  ['export a.tsr', { kind: 'export', input: 'a.tsr', output: 'a.json', overwrite: false }],
  ['export a.json.gz -o b.tsr -f', { kind: 'export', output: 'b.tsr', overwrite: true }],
])('%j', (line, expected) => {
  expect(read(line)).toMatchObject(expected);
});

test.each([
  ['srve', 'There is no command srve.', 'Did you mean trace-studio serve? To open a file of that name, write ./srve'],
  ['xylophone', 'There is no command xylophone.', 'See trace-studio --help. To open a file of that name, write ./xylophone'],
  ['--hlep', 'trace-studio has no option --hlep.', 'Did you mean --help?'],
  ['run --ouput a.json b.js', 'run has no option --ouput.', 'Did you mean --output?'],
  ['run', 'run needs a script.', 'For example: trace-studio run -- script.js'],
  ['run --plugins', '--plugins needs at least one word, and none that is empty.', 'See trace-studio --help.'],
  ['run --plugins --quiet a.js', '--plugins needs at least one word, and none that is empty.', 'See trace-studio --help.'],
  [
    'run --plugins a a.js',
    'run needs a script, and --plugins takes every word up to the next option or --.',
    'Write -- between the plugins and the script: trace-studio run --plugins "vizplugins.cpu_usage -f 50" -- script.js',
  ],
  ['run --calls some a.js', '--calls cannot be "some".', 'Calls is one of exact, sampling, off.'],
  ['run --min-duration 3h a.js', '--min-duration has no unit h.', 'Write it with one of ns, us, µs, ms, s, or without: then it is in µs.'],
  ['run --ring-mb 4096 a.js', '--ring-mb cannot be "4096".', 'Buffer of each thread is a number from 1 to 1024 MB.'],
  ['run --log-arg a.js', 'run has no option --log-arg.', 'Did you mean --log-args?'],
  ['serve --live', 'serve has no option --live.', 'See trace-studio --help.'],
  ['run -o', '-o needs a value.', 'See trace-studio --help.'],
  ['run -o r.txt a.js', 'The kind of the report cannot be told from its name r.txt.', 'Let it end in one of .json, .json.gz, .tsr.'],
  ['run --quiet=yes a.js', '--quiet takes no value.', 'Write --quiet alone.'],
  ['serve --port 99999', '99999 is not a port.', 'Give a number from 0 to 65535; 0 takes any free one.'],
  ['serve --port -1', '-1 is not a port.', 'Give a number from 0 to 65535; 0 takes any free one.'],
  ['serve --allow-host http://a', 'http://a is not a host name.', 'Give a name with or without a port, such as studio.example or studio.example:8080.'],
  ['export', 'export needs a recording.', 'For example: trace-studio export result.tsr -o result.json'],
  ['export a b', 'export takes one recording, b is one too many.', 'Export them one after the other.'],
])('%j is answered with a sentence and a way out', (line, message, remedy) => {
  expect(read(line)).toMatchObject({ message, remedy });
});

test('a plugin keeps its words, spaces and quotes as they were typed', () => {
  const spec = `./my plugin.ts  -x "a b" 'c'`;
  expect(readCommandLine(['run', '--plugins', spec, '--', 'a.js'])).toMatchObject({ ok: true, value: { plugins: [spec] } });
  expect(readCommandLine(['run', '--plugins', '', '--', 'a.js'])).toMatchObject({ ok: false });
  expect(readCommandLine(['run', ...Array.from({ length: 101 }, () => '--plugins=p'), 'a.js'])).toMatchObject({ problem: { code: 'too-many-plugins' } });
});

test('another address needs a name to be opened by', () => {
  expect(read('serve --host 0.0.0.0')).toMatchObject({ code: 'no-allowed-host' });
});

test('any words are read or refused, never thrown at', () => {
  const words = fc.oneof(
    fc.constantFrom('run', 'serve', 'export', 'help', '--', '-', '-o', '--port', '--output=', 'a.js', '__proto__', '--constructor'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(words), (line) => {
      const result = readCommandLine(line);
      if (!result.ok) expect(result.problem.message.length).toBeGreaterThan(0);
    }),
  );
});

test.each([
  ['serv', 'serve'],
  ['xprt', 'export'],
  ['completely', undefined],
])('nearest to %s is %s', (word, expected) => {
  expect(nearest(word, ['run', 'serve', 'export', 'help', 'version'])).toBe(expected);
});
