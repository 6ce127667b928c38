import { Puzzle, ShieldQuestion } from 'lucide-react';
import { useLibrary } from '../../state/library-store.ts';
import type { RunPluginChoice } from '../../state/plugin-store.ts';
import { baseName, shortPath } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Badge, Button, Icon } from '../../widgets/index.ts';
import { splitSpec } from './argument-text.ts';
import { RunStates } from './run-state.tsx';
import { usePluginActions } from './use-plugin-actions.ts';
import { words } from './words.ts';

interface UnlistedProps {
  readonly plugin: RunPluginChoice;
  readonly trace: TraceId | undefined;
  readonly runTitle: string | undefined;
}

/** A plugin of a run that the list does not have: all that is known of it is what the run tells. */
export function UnlistedPlugin({ plugin: { spec, file }, trace, runTitle }: UnlistedProps) {
  const actions = usePluginActions();
  const home = useLibrary((library) => library.info?.home);
  const title = baseName(file ?? splitSpec(spec).module) || spec;
  return (
    <>
      <section className="plugin-details" aria-label={title}>
        <div className="plugin-head">
          <span className="plugin-icon plugin-icon-l">
            <Icon of={Puzzle} size="l" />
          </span>
          <div className="plugin-head-words">
            <div className="plugin-name">
              <h2>{title}</h2>
              <Badge tone="warn">{words.notListedHere}</Badge>
            </div>
            <p className="t2">{words.wasPartOf(runTitle)}</p>
          </div>
          {file !== undefined && (
            <Button icon={ShieldQuestion} onClick={() => actions.trust(file)}>
              {words.lookAtIt}
            </Button>
          )}
        </div>
        <div className="plugin-page">
          <p className="mono run-state-spec">{spec}</p>
          {file !== undefined && <p className="mono t2">{shortPath(file, home)}</p>}
        </div>
      </section>
      <aside className="plugin-facts-side" aria-label={words.factsAbout(title)}>
        <div className="plugin-part">
          <h3>{words.state(runTitle)}</h3>
          {trace === undefined ? (
            <p className="t3">{words.noRun}</p>
          ) : (
            <RunStates trace={trace} of={(plugins) => plugins.filter((each) => each.spec === spec)} />
          )}
        </div>
      </aside>
    </>
  );
}
