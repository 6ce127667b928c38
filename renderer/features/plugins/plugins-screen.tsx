import {
  ArrowLeft,
  CircleX,
  FilePlus2,
  Fingerprint,
  FolderOpen,
  Play,
  Plus,
  Puzzle,
  RotateCw,
  Search,
  ShieldCheck,
  ShieldQuestion,
  Sparkles,
  Terminal,
  Trash2,
} from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { parseArguments } from '../../../core/plugin-api/args-schema.ts';
import type { PluginEntry } from '../../../core/protocol/studio-api.ts';
import { useClients } from '../../state/clients.tsx';
import { describeTarget, useDraft, useInspection } from '../../state/launch-store.ts';
import { useLibrary } from '../../state/library-store.ts';
import { addChoice, refreshPlugins, selectPlugin, setChoice, usePlugins } from '../../state/plugin-store.ts';
import { shortPath } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Badge, Button, EmptyState, Icon, IconButton, Markdown, Menu, Tabs, TextField, Toggle, toast, toastProblem } from '../../widgets/index.ts';
import { joinSpec, splitSpec } from './argument-text.ts';
import { ArgumentsEditor } from './arguments-editor.tsx';
import './plugins-screen.css';
import { RunStates } from './run-state.tsx';
import { ofEntry } from './run-states.ts';
import { choiceIndex, isEntry } from './same-plugin.ts';
import { UnlistedPlugin } from './unlisted-plugin.tsx';
import { choiceIndexOf, usePluginActions } from './use-plugin-actions.ts';
import { words } from './words.ts';

interface PluginsScreenProps {
  /** The run whose plugins' state is shown. */
  readonly trace: TraceId | undefined;
  readonly runTitle: string | undefined;
  /** The run configuration as a command line; undefined while it would not run. */
  readonly command: string | undefined;
  readonly onBack: () => void;
  readonly onConfigure: () => void;
  /** The run configuration as it is here. */
  readonly onRun: () => void;
}

/** Every plugin there is, and for each what it is, whether it is on, with which arguments, and how it fares. */
export function PluginsScreen({ trace, runTitle, command, onBack, onConfigure, onRun }: PluginsScreenProps) {
  const { studio } = useClients();
  const { entries, loading, problem } = usePlugins((state) => state);
  const wanted = usePlugins((state) => state.selected);
  const run = usePlugins((state) => state.selectedRun);
  const draft = useDraft();
  const actions = usePluginActions();
  useEffect(() => void refreshPlugins(studio), [studio]);
  const ofRun = run && entries?.find((entry) => isEntry(entry, { module: splitSpec(run.spec).module, file: run.file }));
  const selected = run ? ofRun : (entries?.find((entry) => entry.module === wanted) ?? entries?.[0]);
  const isUnlisted = run !== undefined && entries !== undefined && ofRun === undefined;
  const on = (draft.plugins ?? []).filter((choice) => choice.enabled).length;
  return (
    <main className="plugins-screen" aria-label={words.plugins}>
      <div className="plugins-bar">
        <Button kind="quiet" icon={ArrowLeft} onClick={onBack}>
          {runTitle === undefined ? words.startPage : runTitle}
        </Button>
        <h1>{words.plugins}</h1>
        <span className="grow" />
        <span className="t2 label ellipsis">{words.onFor(on, describeTarget(draft) || words.nextRun)}</span>
        <Button onClick={onConfigure}>{words.runConfiguration}</Button>
        <Button kind="primary" icon={Play} iconFilled onClick={onRun}>
          {words.run}
        </Button>
      </div>
      <div className="plugins-columns">
        <PluginSidebar entries={entries} loading={loading} selected={selected?.module} />
        {selected ? (
          <PluginDetails key={selected.module} entry={selected} command={command} trace={trace} runTitle={runTitle} />
        ) : isUnlisted ? (
          <UnlistedPlugin plugin={run} trace={trace} runTitle={runTitle} />
        ) : (
          <div className="plugins-empty">
            {entries === undefined && loading ? (
              <EmptyState icon={Puzzle} title={words.looking}>
                {words.lookingText}
              </EmptyState>
            ) : (
              <EmptyState
                icon={problem === undefined ? Puzzle : CircleX}
                tone={problem === undefined ? 'plain' : 'error'}
                title={problem === undefined ? words.noPlugins : words.notListed}
                actions={
                  problem === undefined ? (
                    <>
                      <Button icon={FilePlus2} onClick={actions.addFromFile}>
                        {words.addFromFile}
                      </Button>
                      <Button icon={Sparkles} onClick={actions.create}>
                        {words.newPlugin}
                      </Button>
                    </>
                  ) : (
                    <Button onClick={() => void refreshPlugins(studio)}>{words.tryAgain}</Button>
                  )
                }
              >
                {problem ?? words.noPluginsText}
              </EmptyState>
            )}
          </div>
        )}
      </div>
    </main>
  );
}

interface SidebarProps {
  readonly entries: readonly PluginEntry[] | undefined;
  readonly loading: boolean;
  readonly selected: string | undefined;
}

function PluginSidebar({ entries, loading, selected }: SidebarProps) {
  const actions = usePluginActions();
  const [filter, setFilter] = useState('');
  const list = useRef<HTMLElement>(null);
  const fits = (entry: PluginEntry) => `${entry.title} ${entry.description}`.toLowerCase().includes(filter.trim().toLowerCase());
  const shown = (entries ?? []).filter(fits);
  const builtIn = shown.filter((entry) => entry.builtIn);
  const added = shown.filter((entry) => !entry.builtIn);
  /** Arrow keys go from one to the next. */
  const onKey = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (by === 0 || !(event.target instanceof HTMLElement) || !event.target.matches('.plugin-open')) return;
    event.preventDefault();
    const all = [...(list.current?.querySelectorAll<HTMLElement>('.plugin-open') ?? [])];
    all[all.indexOf(event.target) + by]?.focus();
  };
  return (
    <aside className="plugins-side" aria-label={words.pluginList} onKeyDown={onKey} ref={list}>
      <div className="plugins-search">
        <TextField size="s" icon={Search} aria-label={words.searchPlugins} placeholder={words.search} value={filter} onChange={setFilter} />
        <Menu
          align="end"
          trigger={<IconButton icon={Plus} kind="default" size="s" label={words.addAPlugin} />}
          entries={[
            { label: 'From a file…', icon: FilePlus2, onSelect: actions.addFromFile },
            { label: 'New plugin…', icon: Sparkles, onSelect: actions.create },
          ]}
        />
      </div>
      <div className="plugins-lists">
        <PluginGroup
          title={words.builtIn}
          entries={builtIn}
          selected={selected}
          empty={filter !== '' ? 'None with these words' : loading && !entries ? 'Looking for them' : 'None in this installation'}
        />
        <PluginGroup
          title={words.added}
          entries={added}
          selected={selected}
          empty={filter !== '' ? 'None with these words' : loading && !entries ? 'Looking for them' : 'None yet'}
        />
      </div>
      <div className="plugins-drop">
        <span>{words.dropHere}</span>
        <span>
          <button type="button" className="field-fix" onClick={actions.addFromFile}>
            {words.addFromFile}
          </button>{' '}
          {words.or}{' '}
          <button type="button" className="field-fix" onClick={actions.create}>
            {words.newPlugin}
          </button>
        </span>
      </div>
    </aside>
  );
}

interface GroupProps {
  readonly title: string;
  readonly entries: readonly PluginEntry[];
  readonly selected: string | undefined;
  readonly empty: string;
}

function PluginGroup({ title, entries, selected, empty }: GroupProps) {
  const choices = useDraft().plugins ?? [];
  const inspection = useInspection();
  const isOn = (entry: PluginEntry) => choices[choiceIndex(entry, choices, inspection)]?.enabled ?? false;
  const on = entries.filter(isOn).length;
  return (
    <section aria-label={title}>
      <div className="plugins-group">
        <h2>{title}</h2>
        {entries.length > 0 && <span className="t2 label">{words.onOf(on, entries.length)}</span>}
      </div>
      {entries.length === 0 && <p className="plugins-none">{empty}</p>}
      <ul>
        {entries.map((entry) => (
          <li key={entry.module} className="plugin-row" data-selected={entry.module === selected || undefined}>
            <button type="button" className="plugin-open" aria-current={entry.module === selected || undefined} onClick={() => selectPlugin(entry.module)}>
              <span className="plugin-icon">
                <Icon of={Puzzle} />
              </span>
              <span className="plugin-words">
                <span className="plugin-name">
                  <span className="medium ellipsis">{entry.title}</span>
                  {entry.version !== undefined && <span className="t3 label">{entry.version}</span>}
                  <TrustBadge entry={entry} quiet />
                </span>
                <span className="label t3 ellipsis" title={entry.description || entry.file}>
                  {entry.description || entry.file}
                </span>
              </span>
            </button>
            <Toggle
              checked={isOn(entry)}
              onChange={(next) => switchPlugin(entry, next)}
              label={words.isOn(entry.title)}
              disabled={!mayRun(entry) && !isOn(entry)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

const mayRun = (entry: PluginEntry): boolean => entry.trust === 'built-in' || entry.trust === 'trusted';

function switchPlugin(entry: PluginEntry, on: boolean): void {
  const index = choiceIndexOf(entry);
  if (index >= 0) setChoice(index, { enabled: on });
  else if (on) addChoice(joinSpec({ module: entry.module, text: '' }));
}

/** `quiet`: only what needs attention. */
function TrustBadge({ entry, quiet = false }: { readonly entry: PluginEntry; readonly quiet?: boolean }) {
  switch (entry.trust) {
    case 'changed':
      return <Badge tone="warn">{words.changed}</Badge>;
    case 'untrusted':
      return <Badge tone="warn">{words.notTrusted}</Badge>;
    case 'missing':
      return <Badge tone="error">{words.notThere}</Badge>;
    default:
      if (entry.problem) return <Badge tone="error">{quiet ? words.problem : words.cannotBeRead}</Badge>;
      return quiet ? null : <Badge tone="ok">{entry.builtIn ? words.isBuiltIn : words.trusted}</Badge>;
  }
}

interface DetailsProps {
  readonly entry: PluginEntry;
  readonly command: string | undefined;
  readonly trace: TraceId | undefined;
  readonly runTitle: string | undefined;
}

function PluginDetails({ entry, command, trace, runTitle }: DetailsProps) {
  const actions = usePluginActions();
  const [tab, setTab] = useState('arguments');
  const choices = useDraft().plugins ?? [];
  const index = choiceIndex(entry, choices, useInspection());
  const choice = choices[index];
  const text = choice ? splitSpec(choice.spec).text : '';
  const problems = entry.argsSchema ? parseArguments(entry.argsSchema, text).problems.length : 0;
  return (
    <>
      <section className="plugin-details" aria-label={entry.title}>
        <div className="plugin-head">
          <span className="plugin-icon plugin-icon-l">
            <Icon of={Puzzle} size="l" />
          </span>
          <div className="plugin-head-words">
            <div className="plugin-name">
              <h2>{entry.title}</h2>
              {entry.version !== undefined && <span className="t3 plugin-version">{entry.version}</span>}
              <TrustBadge entry={entry} />
            </div>
            <p className="t2">{entry.description || words.noDescription}</p>
          </div>
          {!entry.builtIn && entry.trust === 'trusted' && (
            <Button kind="quiet" icon={RotateCw} onClick={() => actions.reload(entry)}>
              {words.reload}
            </Button>
          )}
          {!entry.builtIn && <IconButton icon={Trash2} label={words.removeFromList(entry.title)} onClick={() => actions.remove(entry)} />}
          <span className="plugin-switch">
            <span className="t2">{choice?.enabled ? words.on : words.off}</span>
            <Toggle
              checked={choice?.enabled ?? false}
              onChange={(on) => switchPlugin(entry, on)}
              label={words.isOnInRun(entry.title)}
              disabled={!mayRun(entry) && !choice?.enabled}
            />
          </span>
        </div>
        {entry.trust === 'changed' && (
          <Notice>
            <span>{words.changedFile}</span>
            <Button size="s" icon={ShieldQuestion} onClick={() => entry.file !== undefined && actions.trust(entry.file)}>
              {words.lookAtIt}
            </Button>
          </Notice>
        )}
        {entry.problem && (
          <Notice>
            <span>
              {entry.problem.message} {entry.problem.remedy}
            </span>
          </Notice>
        )}
        <Tabs
          label={words.about(entry.title)}
          value={tab}
          onChange={setTab}
          items={[
            {
              value: 'arguments',
              label: 'Arguments',
              ...(problems > 0 && { count: String(problems) }),
              content: (
                <div className="plugin-page">
                  {mayRun(entry) ? (
                    <>
                      <ArgumentsEditor
                        title={entry.title}
                        module={entry.title}
                        schema={entry.argsSchema}
                        text={text}
                        onChange={(next) => {
                          const spec = joinSpec({ module: choice ? splitSpec(choice.spec).module : entry.module, text: next });
                          if (choice) setChoice(index, { spec });
                          else addChoice(spec);
                        }}
                        tools={<CopyCommand command={command} />}
                      />
                      {!choice && <p className="arguments-note">{words.offNote}</p>}
                    </>
                  ) : (
                    <EmptyState icon={ShieldQuestion} title={words.argumentsUnknown}>
                      {words.argumentsUnknownText}
                    </EmptyState>
                  )}
                </div>
              ),
            },
            { value: 'readme', label: 'Readme', content: <Readme entry={entry} /> },
          ]}
        />
      </section>
      <aside className="plugin-facts-side" aria-label={words.factsAbout(entry.title)}>
        <RunPart entry={entry} trace={trace} runTitle={runTitle} />
        <SourcePart entry={entry} />
      </aside>
    </>
  );
}

const Notice = ({ children }: { readonly children: ReactNode }) => (
  <div className="plugin-notice" role="status">
    <Icon of={CircleX} />
    {children}
  </div>
);

function CopyCommand({ command }: { readonly command: string | undefined }) {
  return (
    <Button
      size="s"
      icon={Terminal}
      disabled={command === undefined}
      title={command ?? words.nothingToRun}
      onClick={() => {
        if (command === undefined) return;
        navigator.clipboard.writeText(command).then(
          () => toast({ tone: 'ok', title: words.commandCopied, key: 'copied' }),
          () => toast({ tone: 'warn', title: words.noClipboard, key: 'copied' }),
        );
      }}
    >
      {words.copyAsCommandLine}
    </Button>
  );
}

function Readme({ entry }: { readonly entry: PluginEntry }) {
  const { studio } = useClients();
  if (entry.readme === undefined || entry.readme.trim() === '') {
    return (
      <div className="plugin-page">
        <EmptyState icon={Puzzle} title={words.noReadme}>
          {entry.builtIn ? words.noReadmeBuiltIn : words.noReadmeFile(entry.title)}
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="plugin-page">
      <Markdown text={entry.readme} onLink={(url) => void studio.request('window.openExternal', { url }).catch((error: unknown) => toastProblem(error))} />
    </div>
  );
}

function RunPart({ entry, trace, runTitle }: Pick<DetailsProps, 'entry' | 'trace' | 'runTitle'>) {
  return (
    <div className="plugin-part">
      <h3>{words.state(runTitle)}</h3>
      {trace === undefined ? <p className="t3">{words.noRunText}</p> : <RunStates trace={trace} of={(plugins) => ofEntry(plugins, entry)} />}
    </div>
  );
}

function SourcePart({ entry }: { readonly entry: PluginEntry }) {
  const home = useLibrary((library) => library.info?.home);
  return (
    <div className="plugin-part">
      <h3>{words.source}</h3>
      <dl className="plugin-source">
        {entry.file !== undefined && (
          <>
            <dt>
              <Icon of={FolderOpen} /> {words.file}
            </dt>
            <dd className="mono plugin-source-path" title={entry.file}>
              {shortPath(entry.file, home)}
            </dd>
          </>
        )}
        {entry.sha256 !== undefined && (
          <>
            <dt>
              <Icon of={Fingerprint} /> {words.hash}
            </dt>
            <dd className="mono" title={entry.sha256}>
              {entry.sha256.slice(0, 8)}…{entry.sha256.slice(-8)}
            </dd>
          </>
        )}
        <dt>
          <Icon of={entry.trust === 'built-in' || entry.trust === 'trusted' ? ShieldCheck : ShieldQuestion} /> {words.trust}
        </dt>
        <dd>{words.trustOf[entry.trust]}</dd>
        {entry.builtIn && (
          <>
            <dt>
              <Icon of={Puzzle} /> {words.module}
            </dt>
            <dd className="mono plugin-source-path">{entry.module}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
