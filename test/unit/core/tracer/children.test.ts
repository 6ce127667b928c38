import { describe, expect, it } from 'vitest';
import { startsNode } from '../../../../core/tracer/children.ts';

describe('a command line', () => {
  it.each([
    [['node', 'server.js']],
    [['/usr/local/bin/node', '--version']],
    [['C:\\Program Files\\nodejs\\node.exe', 'a.js']],
    [[process.execPath]],
    [['/bin/sh', '-c', 'node server.js']],
    [['/bin/sh', '-c', 'cd app && "/opt/node/bin/node" a.js']],
    [['env', '-i', 'node', 'a.js']],
    [['sh', '-c', "env -i '/usr/bin/node' a.js"]],
    [['nodejs']],
  ])('is Node: %j', (words) => expect(startsNode(words)).toBe(true));

  it.each([
    [['git', 'status']],
    [['ls', 'node_modules']],
    [['/bin/sh', '-c', 'cat node_modules/a/package.json']],
    [['node-gyp', 'build']],
    [['echo', 'nodes']],
    [[]],
  ])('is not: %j', (words) => expect(startsNode(words)).toBe(false));
});
