/** The packed package on every Node that it supports: the whole studio runs on it there, not only the tracer in the target. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Peer } from '../../core/protocol/rpc.ts';
import { readAll, scriptConfig, WindowClient } from '../integration/services/studio-fixture.ts';
import { nodeVersions } from '../integration/tracer/node-matrix.ts';
import { enter, loadPage, openChannel } from '../integration/web/web-client.ts';
import { PackedInstall } from './packed-install.ts';

let installed: PackedInstall;
beforeAll(() => {
  installed = new PackedInstall();
  installed.write(
    'script.mjs',
    "import { getTracer, VizCounter } from 'trace-studio';\nnew VizCounter(getTracer(), 'steps').count = 7;\nconsole.log(process.version);\nprocess.exitCode = 3;\n",
  );
}, 120_000);
afterAll(() => installed.remove());

describe.each(nodeVersions())('the npm package on $title', ({ path: node, title }) => {
  const version = title.replace('Node ', '');

  it('records a script without a window', () => {
    const { status, stdout, stderr } = installed.run(node, [installed.cli, 'run', '--quiet', '-o', 'report.json', '--', 'script.mjs']);
    expect([status, stdout.trim(), stderr]).toEqual([3, version, '']);
    const { traceEvents } = JSON.parse(readFileSync(path.join(installed.project, 'report.json'), 'utf8'));
    expect(traceEvents).toContainEqual(expect.objectContaining({ ph: 'C', name: 'steps', args: { count: 7 } }));
  });

  it('serves the studio, and a page runs a script in it', async () => {
    const child = spawn(node, [installed.cli, 'serve', '--no-open', '--port', '0'], {
      cwd: installed.project,
      env: installed.environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    try {
      const link = await new Promise<string>((resolve, reject) => {
        let said = '';
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          const address = /http:\/\/\S+/.exec(said)?.[0];
          if (address) resolve(address);
        });
        child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${said}`)));
      });
      const { port, cookie } = await enter(link);
      const { page, nonce } = await loadPage(port, cookie);
      expect([page.status, page.body]).toEqual([200, expect.stringContaining('<title>Trace Studio</title>')]);
      const window = new WindowClient(await openChannel(port, cookie, 'services', nonce));
      const { id, recording } = await window.request('session.start', scriptConfig(path.join(installed.project, 'script.mjs'), { nodePath: node }));
      const reader = new Peer(await openChannel(port, cookie, 'collector', nonce));
      expect((await readAll(reader, recording)).toString('latin1')).toContain('steps');
      expect(await window.ended(id)).toMatchObject({ end: { kind: 'exited', code: 3 }, nodeVersion: version, processes: 1, dropped: 0 });
      window.peer.close();
      reader.close();
    } finally {
      child.kill('SIGTERM');
      await gone;
    }
  });
});
