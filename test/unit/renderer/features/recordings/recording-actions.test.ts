import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordingInfoSummary } from '../../../../../core/protocol/session-types.ts';
import { recordingActions } from '../../../../../renderer/features/recordings/recording-actions.ts';
import type { FilePicker, SaveQuestion } from '../../../../../renderer/state/pick-file.tsx';
import { connectTraces, type OpenTrace, resetTraces, traceState } from '../../../../../renderer/state/trace-store.ts';
import { FakeStudio, FakeTraces } from '../../../../helpers/fake-studio.ts';

const recording: RecordingInfoSummary = { id: 'r1', path: '/data/r1.tsr', title: 'job queue.mjs', format: 'recording', live: false, bytes: 10, unsaved: true };

function setUp(answer: string | undefined, replace = false) {
  const questions: SaveQuestion[] = [];
  const picker: FilePicker = {
    open: async () => undefined,
    save: async (question, write) => {
      questions.push(question);
      if (answer !== undefined) await write(answer, replace);
      return answer !== undefined;
    },
  };
  const studio = new FakeStudio({
    'recordings.openPath': () => recording,
    'recordings.save': ({ path }) => ({ ...recording, path: path ?? recording.path, title: 'mine.tsr', unsaved: false }),
    'recordings.close': () => null,
    'recordings.recent': () => [],
    'launch.recent': () => [],
    'recordings.list': () => [],
  });
  return { actions: recordingActions(studio, picker), studio, questions };
}
const only = (): OpenTrace => {
  const open = traceState().open[0];
  if (!open) throw new Error('nothing is open');
  return open;
};
const asked = (studio: FakeStudio, method: string) => studio.asked.filter((each) => each.method === method).map((each) => each.argument);

describe('recordings', () => {
  beforeEach(() => {
    resetTraces();
    connectTraces(new FakeTraces());
  });

  it('asks where to save what was never saved, with a name of its script', async () => {
    const { actions, studio, questions } = setUp('/home/mine.tsr');
    await actions.openPath('/data/r1.tsr');
    await expect(actions.save(only())).resolves.toBe(true);
    expect(questions[0]?.suggestedName).toBe('job-queue.tsr');
    expect(asked(studio, 'recordings.save')).toEqual([{ recording: 'r1', path: '/home/mine.tsr', overwrite: false }]);
    expect(only()).toMatchObject({ title: 'mine.tsr', path: '/home/mine.tsr', unsaved: false });
  });

  it('replaces a file only where the user was asked about it', async () => {
    const { actions, studio } = setUp('/home/mine.tsr', true);
    await actions.openPath('/data/r1.tsr');
    await actions.saveAs(only());
    expect(asked(studio, 'recordings.save')).toEqual([{ recording: 'r1', path: '/home/mine.tsr', overwrite: true }]);
  });

  it('saves again in its place without asking', async () => {
    const { actions, studio, questions } = setUp('/home/mine.tsr');
    await actions.openPath('/data/r1.tsr');
    await actions.save(only());
    await actions.save(only());
    expect(questions).toHaveLength(1);
    expect(asked(studio, 'recordings.save')[1]).toEqual({ recording: 'r1' });
  });

  it('does nothing when the user cancels', async () => {
    const { actions, studio } = setUp(undefined);
    await actions.openPath('/data/r1.tsr');
    await expect(actions.save(only())).resolves.toBe(false);
    expect(asked(studio, 'recordings.save')).toEqual([]);
    expect(only().unsaved).toBe(true);
  });

  it('lets the host close what is closed here', async () => {
    const { actions, studio } = setUp(undefined);
    await actions.openPath('/data/r1.tsr');
    await actions.close(only());
    expect(traceState().open).toEqual([]);
    expect(asked(studio, 'recordings.close')).toEqual([{ recording: 'r1' }]);
  });
});
