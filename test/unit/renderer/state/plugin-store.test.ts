import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginEntry, PluginFileInfo } from '../../../../core/protocol/studio-api.ts';
import { BLANK_CONFIG, launchState, setDraft } from '../../../../renderer/state/launch-store.ts';
import {
  addChoice,
  addPlugin,
  moveChoice,
  pluginState,
  refreshPlugins,
  removeChoice,
  removePlugin,
  resetPlugins,
  setChoice,
} from '../../../../renderer/state/plugin-store.ts';
import { FakeStudio } from '../../../helpers/fake-studio.ts';

const entry = (module: string): PluginEntry => ({ module, title: module, description: '', builtIn: false, file: module, trust: 'trusted' });
const info = (trusted: boolean): PluginFileInfo => ({ path: '/mine.js', sha256: 'ab', bytes: 3, trusted });
const specs = () => (launchState().draft.plugins ?? []).map(({ spec, enabled }) => (enabled ? spec : `(${spec})`));

beforeEach(() => {
  resetPlugins();
  setDraft(BLANK_CONFIG);
});

describe('the trust question', () => {
  const studio = (trusted: boolean) =>
    new FakeStudio({ 'plugins.examine': () => info(trusted), 'plugins.add': () => entry('/mine.js'), 'plugins.list': () => [] });

  it('is asked before anything is added, and a no adds nothing', async () => {
    const host = studio(false);
    const adding = addPlugin(host, '/mine.js');
    await vi.waitFor(() => expect(pluginState().question?.info).toEqual(info(false)));
    pluginState().question?.answer(false);
    expect(await adding).toBeUndefined();
    expect(host.asked.map(({ method }) => method)).toEqual(['plugins.examine']);
    expect(pluginState().question).toBeUndefined();
  });
  it('a yes adds the content that was shown', async () => {
    const host = studio(false);
    const adding = addPlugin(host, '/mine.js');
    await vi.waitFor(() => expect(pluginState().question).toBeDefined());
    pluginState().question?.answer(true);
    expect(await adding).toEqual(entry('/mine.js'));
    expect(host.asked.at(-1)).toEqual({ method: 'plugins.add', argument: { path: '/mine.js', sha256: 'ab' } });
  });
  it('is not asked about a content that is trusted', async () => {
    expect(await addPlugin(studio(true), '/mine.js')).toEqual(entry('/mine.js'));
  });
  it('another one takes its place, as a no to the first', async () => {
    const host = studio(false);
    const first = addPlugin(host, '/mine.js');
    await vi.waitFor(() => expect(pluginState().question).toBeDefined());
    const second = addPlugin(host, '/mine.js');
    expect(await first).toBeUndefined();
    await vi.waitFor(() => expect(pluginState().question).toBeDefined());
    pluginState().question?.answer(true);
    expect(await second).toBeDefined();
  });
});

describe('the list', () => {
  it('that was asked for before one was added is asked for again', async () => {
    const answers: ((entries: readonly PluginEntry[]) => void)[] = [];
    const host = new FakeStudio({
      'plugins.list': () => new Promise<readonly PluginEntry[]>((resolve) => answers.push(resolve)),
      'plugins.examine': () => info(true),
      'plugins.add': () => entry('/mine.js'),
    });
    const refreshing = refreshPlugins(host);
    await addPlugin(host, '/mine.js');
    answers[0]?.([]);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.([entry('/mine.js')]);
    await refreshing;
    expect(pluginState().entries).toEqual([entry('/mine.js')]);
  });
  it('keeps what it had when the host does not answer, and says why', async () => {
    await refreshPlugins(new FakeStudio({ 'plugins.list': () => [entry('/a.js')] }));
    await refreshPlugins(new FakeStudio());
    expect(pluginState()).toMatchObject({ entries: [{ module: '/a.js' }], loading: false, problem: expect.any(String) });
  });
  it('loses what is removed', async () => {
    const host = new FakeStudio({ 'plugins.list': () => [entry('/a.js'), entry('/b.js')], 'plugins.remove': () => null });
    await refreshPlugins(host);
    await removePlugin(host, entry('/a.js'));
    expect(pluginState().entries?.map(({ module }) => module)).toEqual(['/b.js']);
  });
});

it('choices are added, switched, moved and removed in the form', () => {
  for (const spec of ['a', 'b', 'c']) addChoice(spec);
  moveChoice(2, 0);
  expect(specs()).toEqual(['c', 'a', 'b']);
  moveChoice(0, 1);
  expect(specs()).toEqual(['a', 'c', 'b']);
  moveChoice(0, -1);
  moveChoice(5, 0);
  expect(specs()).toEqual(['a', 'c', 'b']);
  setChoice(1, { enabled: false });
  setChoice(0, { spec: 'a -f 5' });
  removeChoice(2);
  expect(specs()).toEqual(['a -f 5', '(c)']);
});
