/** Files of the engine's on demand, and sampling while a run goes on. */
import { DEFAULT_PROFILE_SECONDS, TAKE_EXTENSIONS, type TakeKind } from '../../../core/protocol/sampling.ts';
import type { SessionInfo } from '../../../core/protocol/session-types.ts';
import type { StudioClient, StudioRequests } from '../../../core/protocol/studio-api.ts';
import type { FilePicker, SaveQuestion } from '../../state/pick-file.tsx';
import { baseName } from '../../state/words.ts';
import { toast, toastProblem } from '../../widgets/index.ts';
import { words } from './words.ts';

const WORDS = { 'cpu-profile': 'CPU profile', 'heap-snapshot': 'Heap snapshot' } as const satisfies Record<TakeKind, string>;
const KEY = 'take';

type SavedFile = ReturnType<StudioRequests['session.take']>;

/** Asks where to, takes it, and tells how it goes. */
export async function takeFile(studio: StudioClient, picker: FilePicker, session: SessionInfo, what: TakeKind): Promise<void> {
  const extension = TAKE_EXTENSIONS[what];
  const title = session.title.replace(/\.[cm]?[jt]sx?$/, '').replace(/[^\w.-]+/g, '-') || 'program';
  const question: SaveQuestion = {
    title: `Save the ${WORDS[what]}`,
    suggestedName: `${title}${extension}`,
    extension: extension.slice(1),
    // An attached program may run where the studio may not save.
    ...(!session.attached && { folder: session.cwd }),
  };
  let taken: Promise<SavedFile> | undefined;
  let begun = () => {};
  const off = studio.on('session.take', ({ session: told, progress }) => {
    if (told !== session.id || progress.state !== 'running') return;
    begun();
    toast({ tone: 'info', key: KEY, title: WORDS[what], text: progress.message });
  });
  try {
    // Where to is settled once it has begun: what follows may take minutes.
    const isChosen = await picker.save(question, (path, overwrite) => {
      const taking = studio.request('session.take', { session: session.id, what, path, overwrite, seconds: DEFAULT_PROFILE_SECONDS });
      taken = taking;
      return new Promise((resolve, reject) => {
        begun = resolve;
        taking.then(() => resolve(), reject);
      });
    });
    if (!isChosen || !taken) return;
    const done = await taken;
    toast({ tone: 'ok', key: KEY, title: words.savedAs(WORDS[what], baseName(done.path)), text: done.message });
  } catch (error) {
    toastProblem(error);
  } finally {
    off();
  }
}

export const isSampled = (session: SessionInfo | undefined): boolean => session?.sampling?.state === 'on';

/** How often the window learns of what was sampled, and what that costs the script. */
export function samplingWords(session: SessionInfo): string | undefined {
  const { sampling } = session;
  if (!sampling || session.state === 'ended') return undefined;
  if (sampling.state === 'failed') return `Sampling failed: ${sampling.message ?? 'not known why'}`;
  if (sampling.state === 'off') return undefined;
  const interval = sampling.intervalUs < 1000 ? `${sampling.intervalUs} µs` : `${sampling.intervalUs / 1000} ms`;
  return `Sampled every ${interval}, shown every ${(sampling.chunkMs / 1000).toFixed(1)} s, pauses ${(sampling.overhead * 100).toFixed(1)} %`;
}
