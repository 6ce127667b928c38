import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repository, StudioFixture, scriptConfig } from './studio-fixture.ts';

let fixture: StudioFixture;
beforeEach(() => {
  fixture = new StudioFixture();
});
afterEach(() => fixture.end());

const scripts = readdirSync(path.join(repository, 'examples')).filter((name) => /\.[mc]?[jt]s$/.test(name));

test('every example of the folder is offered, with a title, a description and a kind', async () => {
  const examples = await fixture.window().request('launch.examples', null);
  expect(examples.map((example) => path.basename(example.path)).sort()).toEqual([...scripts].sort());
  for (const { title, description } of examples) expect([title, description]).not.toContain('');
  expect(new Set(examples.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(4);
});

test.each(scripts)('%s starts as it is, and sends events while it runs', async (name) => {
  const window = fixture.window();
  const config = scriptConfig(path.join(repository, 'examples', name));
  expect((await window.request('launch.inspect', config)).problems).toEqual([]);
  const { id } = await window.request('session.start', config);
  const running = await window.pushedThat('session.changed', (info) => info.id === id && (info.events > 20 || info.state === 'ended'));
  expect(running.state).toBe('running');
  expect(await window.request('session.stop', { session: id })).toMatchObject({ state: 'ended', dropped: 0 });
});
