import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flaggedPort, readListening } from '../../../../../main/services/attach/inspector.ts';
import { isBelowFloor, problemOf, processName } from '../../../../../main/services/attach/node-processes.ts';
import { readPs, readTasklist, readWmic } from '../../../../../main/services/attach/process-tables.ts';

const words = (line: string): string[] => line.split(' ');

describe('names of programs', () => {
  it.each([
    ['node server.js', 'server.js'],
    ['node --inspect /srv/app/main.mjs --port 80', 'main.mjs'],
    ['node --require ./hook.cjs -r x app.ts', 'app.ts'],
    ['/usr/bin/node', 'node'],
    ['node -e setInterval()', '-e setInterval()'],
    ['node  app.js', 'app.js'],
  ])('%s is %s', (line, name) => expect(processName(words(line))).toBe(name));
});

describe('what is in the way', () => {
  const raw = { pid: 1, executable: '/usr/bin/node', argv: [] };
  it.each([
    [{ ...raw, foreign: true, traced: true }, 'v24.0.0', 'It belongs to another user.'],
    [{ ...raw, traced: true }, 'v24.0.0', 'It is recorded already: it was started by a studio.'],
    [raw, 'v18.20.0', 'It runs Node v18.20.0; the tracer needs 20.19 or newer.'],
    [{ ...raw, deaf: true }, 'v24.0.0', 'It was started so that no debugger can be opened in it (--disable-sigusr1).'],
    [raw, 'v20.19.0', undefined],
    [raw, undefined, undefined],
  ])('%j with Node %s: %s', (process, version, problem) => expect(problemOf(process, version)).toBe(problem));

  it('the floor is 20.19', () => {
    expect(['v20.18.9', 'v18.99.0', 'v20.19.0', 'v21.0.0', 'v26.1.0'].map(isBelowFloor)).toEqual([true, true, false, false, false]);
  });
});

describe('what tools print', () => {
  it('ps', () => {
    expect(readPs('  501   0 /sbin/launchd\n 1234 501 /opt/node/bin/node  server.js --port 80  \nnonsense\n')).toEqual([
      { pid: 501, uid: 0, argv: ['/sbin/launchd'] },
      { pid: 1234, uid: 501, argv: ['/opt/node/bin/node', 'server.js', '--port', '80'] },
    ]);
  });

  it('wmic, whose commands may have commas and quotes', () => {
    const text =
      '\r\r\nNode,CommandLine,ExecutablePath,ProcessId\r\r\nPC,"C:\\Program Files\\nodejs\\node.exe" app.js --list a,b,C:\\Program Files\\nodejs\\node.exe,4711\r\r\n';
    expect(readWmic(text)).toEqual([
      { pid: 4711, executable: 'C:\\Program Files\\nodejs\\node.exe', argv: ['C:\\Program Files\\nodejs\\node.exe', 'app.js', '--list', 'a,b'] },
    ]);
  });

  it('tasklist', () => {
    expect(readTasklist('"node.exe","4711","Console","1","50,000 K"\r\nINFO: No tasks\r\n')).toEqual([
      { pid: 4711, executable: 'node.exe', argv: ['node.exe'] },
    ]);
  });

  it('the table of sockets: only those that listen', () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 52311 1 0000000000000000 100 0 0 10 0
   1: 0100007F:9C40 0100007F:240D 01 00000000:00000000 00:00000000 00000000     0        0 52312 1 0000000000000000 20 4 30 10 -1
   2: 00000000000000000000000001000000:240E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0`;
    expect(readListening(text)).toEqual([
      { host: '127.0.0.1', port: 9229, inode: '52311' },
      { host: '::1', port: 9230, inode: '7' },
    ]);
  });

  it('survive anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const read of [readPs, readWmic, readTasklist, readListening]) expect(Array.isArray(read(text))).toBe(true);
      }),
    );
  });
});

describe('where a debugger opens', () => {
  it.each([
    ['node a.js', undefined],
    ['node --inspect=9300 a.js', 9300],
    ['node --inspect-port=127.0.0.1:9301 a.js', 9301],
    ['node --inspect=[::1]:9302 a.js', 9302],
    ['node --inspect a.js', undefined],
  ])('%s: %s', (line, port) => expect(flaggedPort(words(line))).toBe(port));
});
