import { CircleX, TriangleAlert } from 'lucide-react';
import type { PluginFailure } from '../../../core/protocol/plugins.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { plural } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Badge, Dot, Icon } from '../../widgets/index.ts';
import { byPlugin, handlerWords, type ProcessState, type RunPlugin, spentWords, standingOf } from './run-states.ts';
import './run-state.css';
import { words } from './words.ts';

export function useRunPlugins(trace: TraceId): readonly RunPlugin[] {
  const { value } = useTraceQuery(trace, 'plugins.list', {}, 250);
  return byPlugin(value ?? []);
}

/** The plugins of the run that is shown, in its sidebar. A click tells more. */
export function RunPluginList({ plugins, onOpen }: { readonly plugins: readonly RunPlugin[]; readonly onOpen: (plugin: RunPlugin) => void }) {
  return (
    <ul className="run-plugins">
      {plugins.map((plugin) => {
        const { word, tone } = standingOf(plugin);
        return (
          <li key={plugin.index}>
            <button type="button" className="run-plugin" onClick={() => onOpen(plugin)} title={plugin.spec}>
              <Dot tone={tone} />
              <span className="ellipsis grow">{plugin.title}</span>
              {tone === 'error' ? <Badge tone="error">{word}</Badge> : <span className="label t2">{word}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** How some of the plugins fare in a run. */
export function RunStates({ trace, of }: { readonly trace: TraceId; readonly of: (plugins: readonly RunPlugin[]) => readonly RunPlugin[] }) {
  const plugins = of(useRunPlugins(trace));
  const { value: processes } = useTraceQuery(trace, 'processes.list', {}, 1000);
  const names = new Map((processes ?? []).map((process, index) => [index, process.name]));
  if (plugins.length === 0) return <p className="t3">{words.notInRun}</p>;
  return plugins.map((plugin) => <RunPluginState key={plugin.index} plugin={plugin} names={names} />);
}

/** All that is known of one plugin in a run. */
export function RunPluginState({ plugin, names }: { readonly plugin: RunPlugin; readonly names: ReadonlyMap<number, string> }) {
  const { word, tone } = standingOf(plugin);
  return (
    <section className="run-state" aria-label={words.stateInRun(plugin.title)}>
      <p className="run-state-word" role="status">
        <Dot tone={tone} />
        {word}
        <span className="t3">{plural(plugin.processes.length, 'process', 'processes')}</span>
      </p>
      <p className="mono run-state-spec">{plugin.spec}</p>
      {plugin.warnings.map((warning) => (
        <p key={warning} className="run-state-warning">
          <Icon of={TriangleAlert} />
          {warning}
        </p>
      ))}
      {plugin.processes.map((each) => (
        <ProcessPart
          key={each.process}
          each={each}
          name={plugin.processes.length > 1 ? (names.get(each.process) ?? `Process ${each.process + 1}`) : undefined}
        />
      ))}
    </section>
  );
}

function ProcessPart({ each: { state }, name }: { readonly each: ProcessState; readonly name: string | undefined }) {
  return (
    <div className="run-state-process">
      {name !== undefined && <h4>{name}</h4>}
      <dl>
        <dt>{words.messages}</dt>
        <dd>
          {state.messages}
          {state.lastMessage !== undefined && <span className="t3">{words.lastMessage(state.lastMessage)}</span>}
        </dd>
        <dt>{words.lastAnswer}</dt>
        <dd className="mono">{state.lastAnswer ?? words.noneYet}</dd>
        <dt>{words.timeSpent}</dt>
        <dd>{spentWords(state.spentMs)}</dd>
        <dt>{words.handledData}</dt>
        <dd>{handlerWords(state)}</dd>
        {state.supportVersion !== undefined && (
          <>
            <dt>{words.madeFor}</dt>
            <dd>{state.supportVersion}</dd>
          </>
        )}
      </dl>
      {state.failures.length > 0 && (
        <>
          <h4>
            {state.failureCount > state.failures.length ? words.lastErrors(state.failures.length, state.failureCount) : plural(state.failureCount, 'error')}
          </h4>
          <ul className="run-state-failures">
            {state.failures.map((failure, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: failures only come, and have no other identity.
              <li key={index}>
                <Failure failure={failure} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function Failure({ failure }: { readonly failure: PluginFailure }) {
  return (
    <>
      <p>
        <Icon of={CircleX} />
        <span>
          <span className="t2">{failure.during}: </span>
          {failure.message}
        </span>
      </p>
      {failure.stack !== undefined && (
        <details>
          <summary>{words.stack}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
          <pre tabIndex={0}>{failure.stack}</pre>
        </details>
      )}
    </>
  );
}
