import { Activity, ArrowDownToLine, ChevronDown, FileCode2, FolderOpen, Play, SlidersHorizontal } from 'lucide-react';
import { Children, type ReactNode, useRef, useState } from 'react';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import type { ExampleInfo, RecentItem, RecentScript } from '../../../core/protocol/studio-api.ts';
import { changeDraft, configForScript, describeTarget, setDraft, useDraft, useInspection } from '../../state/launch-store.ts';
import { useLibrary } from '../../state/library-store.ts';
import { projectFolder, takeConfig, useSavedConfigs } from '../../state/saved-configs.ts';
import { isRunning, useSessions } from '../../state/session-store.ts';
import { baseName, formatAgo, plural, shortPath } from '../../state/words.ts';
import { Badge, Button, Icon, IconButton, Kbd, TextField } from '../../widgets/index.ts';
import { ExampleArt } from './example-art.tsx';
import { RecentList } from './recent-list.tsx';
import './start-page.css';
import { words } from './words.ts';

export interface StartPageProps {
  /** Over the field for a script. */
  readonly above?: ReactNode;
  readonly dragging: boolean;
  readonly onRun: (config: LaunchConfig) => void;
  readonly onConfigure: () => void;
  readonly onBrowse: () => void;
  readonly onOpenTrace: () => void;
  readonly onOpenRecent: (item: RecentItem) => void;
  readonly onDiscardRecent: (item: RecentItem) => void;
  readonly onShowSession: (session: string) => void;
}

export function StartPage(props: StartPageProps) {
  const library = useLibrary((all) => all);
  const draft = useDraft();
  const inspection = useInspection();
  // Also those that this window does not show: a closed or reloaded window finds its run again here.
  const running = Object.values(useSessions()).filter(isRunning);
  const home = library.info?.home;
  const field = useRef<HTMLInputElement>(null);

  const path = draft.target.kind === 'script' ? draft.target.path : describeTarget(draft);
  const typed = path.trim() !== '';
  const problem = typed ? inspection?.problems[0] : undefined;
  const project = inspection?.project;
  const folder = projectFolder(inspection);
  const saved = useSavedConfigs(folder);
  const plugins = (draft.plugins ?? []).filter((choice) => choice.enabled);
  const extras = [
    draft.arguments !== '' && draft.arguments,
    draft.nodeFlags !== '' && `node ${draft.nodeFlags}`,
    draft.environment.length > 0 && draft.environment.map(({ name }) => name).join(', '),
    plugins.length > 0 && plural(plugins.length, 'plugin'),
  ].filter((part) => part !== false);

  const runScript = (name: string) => project && props.onRun({ ...configForNpm(project.folder, name, library.recentScripts) });

  /** The form, at what is no script file: one of the folder's npm scripts, where it has some. */
  const configureOther = () => {
    if (draft.target.kind === 'script') {
      const [first] = project?.scripts ?? [];
      changeDraft({ target: project && first ? { kind: 'npm-script', folder: project.folder, name: first.name } : { kind: 'command', command: '' } });
    }
    props.onConfigure();
  };

  // The examples stand in the column of what is recent; at the first start before it.
  const fresh = library.recent?.length === 0;
  const examples = library.recent && (
    <Examples examples={library.examples} onRun={(example) => props.onRun(configForScript(example.path, library.recentScripts))} />
  );

  return (
    <main className={`start ${fresh ? 'start-fresh' : ''}`} aria-label={words.start}>
      <div className="start-in">
        <div>
          {props.above}
          <h1>{words.chooseScript}</h1>
          <p className="start-lead">{words.whatItDoes}</p>
          <form
            className="start-target"
            onSubmit={(event) => {
              event.preventDefault();
              if (typed) props.onRun(draft);
              else field.current?.focus();
            }}
          >
            <div className="start-target-row">
              <TextField
                ref={field}
                size="l"
                mono
                icon={FileCode2}
                aria-label={words.script}
                placeholder={words.scriptPlaceholder}
                value={path}
                onChange={(next) => setDraft(typedConfig(draft, next, library.recentScripts))}
                bad={problem !== undefined}
                aria-describedby="start-problem"
                after={
                  <>
                    {typed && inspection?.language === 'typescript' && !problem && <Badge>{words.typescript}</Badge>}
                    <IconButton size="s" icon={SlidersHorizontal} label={words.runConfiguration} onClick={props.onConfigure} />
                  </>
                }
                autoFocus
              />
              <Button size="l" onClick={props.onBrowse}>
                {words.browse}
              </Button>
              <Button size="l" kind="primary" icon={Play} iconFilled type="submit" aria-label={words.run}>
                {words.run}
              </Button>
            </div>
            <div className="start-problem label" id="start-problem" aria-live="polite" hidden={!problem && extras.length === 0}>
              {problem ? (
                <span className="error">
                  {problem.message} {problem.remedy}
                </span>
              ) : (
                extras.length > 0 && (
                  <span className="t3 mono ellipsis" style={{ display: 'block' }}>
                    {words.withExtras(extras.join(' · '))}
                  </span>
                )
              )}
            </div>
            <div className="start-drop" data-over={props.dragging || undefined}>
              <Icon of={ArrowDownToLine} size="l" />
              <span>{words.dropHint}</span>
            </div>
          </form>

          {running.length > 0 && (
            <Block title={words.running} most={4}>
              {running.map((session) => (
                <Row
                  key={session.id}
                  icon={Activity}
                  name={session.title}
                  text={session.command.join(' ')}
                  note={`began ${formatAgo(session.startedAtMs, Date.now())}`}
                  before={words.beforeRunning}
                  onClick={() => props.onShowSession(session.id)}
                />
              ))}
            </Block>
          )}
          {saved.length > 0 && folder !== undefined && (
            <Block title={words.configurationsOf} code={shortPath(folder, home)} most={3}>
              {saved.map((each) => (
                <Row
                  key={each.name}
                  icon={SlidersHorizontal}
                  name={each.name}
                  text={[describeTarget(each.config), each.config.arguments].filter(Boolean).join(' ')}
                  before={words.beforeConfiguration}
                  onClick={() => {
                    takeConfig(each);
                    props.onRun(each.config);
                  }}
                />
              ))}
            </Block>
          )}
          {project && project.scripts.length > 0 && (
            <Block title={words.scriptsIn} code={shortPath(project.folder, home)} note="package.json" most={(library.recentScripts?.length ?? 0) > 0 ? 3 : 4}>
              {project.scripts.map((script) => (
                <Row
                  key={script.name}
                  icon={Play}
                  filled
                  name={script.name}
                  text={script.command}
                  before={words.beforeNpmScript}
                  onClick={() => runScript(script.name)}
                />
              ))}
            </Block>
          )}
          {(library.recentScripts?.length ?? 0) > 0 && (
            <Block title={words.recentScripts} most={project && project.scripts.length > 0 ? 2 : 4}>
              {library.recentScripts?.map((recent) => (
                <RecentScriptRow key={JSON.stringify(recent.config)} recent={recent} home={home} onRun={props.onRun} />
              ))}
            </Block>
          )}
          <section className="start-block" aria-label={words.orBegin}>
            <div className="start-head">
              <h2>{words.orBegin}</h2>
            </div>
            <div className="start-rows start-two">
              <button type="button" className="start-row" onClick={props.onOpenTrace}>
                <Icon of={FolderOpen} />
                <span>{words.openTrace}</span>
                <span className="grow" />
                <Kbd>Ctrl+O</Kbd>
              </button>
              <button type="button" className="start-row" onClick={configureOther}>
                <Icon of={SlidersHorizontal} />
                <span>{words.otherTarget}</span>
              </button>
            </div>
          </section>
        </div>
        <div>
          {fresh && examples}
          <RecentList
            items={library.recent}
            home={home}
            keepRule={library.info?.keepRule}
            most={4}
            onOpen={props.onOpenRecent}
            onDiscard={props.onDiscardRecent}
          />
          {!fresh && examples}
        </div>
      </div>
    </main>
  );
}

/** Correcting a path keeps the rest of the form; emptying the field empties it; a script that ran before brings what it ran with. */
function typedConfig(draft: LaunchConfig, path: string, recent: readonly RecentScript[] | undefined): LaunchConfig {
  if (path === '') return configForScript('', undefined);
  const known = recent?.some(({ config }) => config.target.kind === 'script' && config.target.path === path);
  return known ? configForScript(path, recent) : { ...draft, target: { kind: 'script', path } };
}

function configForNpm(folder: string, name: string, recent: readonly RecentScript[] | undefined): LaunchConfig {
  const last = recent?.find(({ config }) => config.target.kind === 'npm-script' && config.target.folder === folder && config.target.name === name);
  return last?.config ?? { ...configForScript('', undefined), target: { kind: 'npm-script', folder, name } };
}

interface BlockProps {
  readonly title: string;
  readonly code?: string;
  readonly note?: string;
  /** Rows before the others are asked for. */
  readonly most: number;
  readonly children: ReactNode;
}

function Block({ title, code, note, most, children }: BlockProps) {
  const [all, setAll] = useState(false);
  const rows = Children.toArray(children);
  // A row that says "1 more" takes as much place as the one that it hides.
  const shown = all || rows.length <= most + 1 ? rows : rows.slice(0, most);
  return (
    <section className="start-block" aria-label={title}>
      <div className="start-head">
        <h2>{title}</h2>
        {code !== undefined && <span className="mono t1 medium ellipsis">{code}</span>}
        {note !== undefined && <span className="start-head-note">{note}</span>}
      </div>
      <div className="start-rows">
        {shown}
        {shown.length < rows.length && (
          <button type="button" className="start-row start-more" onClick={() => setAll(true)}>
            <Icon of={ChevronDown} />
            <span>{words.showMore(rows.length - shown.length)}</span>
          </button>
        )}
      </div>
    </section>
  );
}

interface RowProps {
  readonly icon: typeof Play;
  readonly filled?: boolean;
  readonly name: string;
  readonly text: string;
  readonly note?: string;
  /** For screen readers, before the name. */
  readonly before: string;
  readonly onClick: () => void;
}

function Row({ icon, filled = false, name, text, note, before, onClick }: RowProps) {
  return (
    <button type="button" className="start-row" onClick={onClick} title={text}>
      <Icon of={icon} filled={filled} />
      <span className="visually-hidden">{before} </span>
      <span className="start-row-name ellipsis">{name}</span>
      <span className="start-row-command mono ellipsis" aria-hidden="true">
        {text}
      </span>
      {note !== undefined && (
        <span className="label t3" aria-hidden="true">
          {note}
        </span>
      )}
    </button>
  );
}

interface RecentScriptRowProps {
  readonly recent: RecentScript;
  readonly home: string | undefined;
  readonly onRun: (config: LaunchConfig) => void;
}

function RecentScriptRow({ recent: { config, usedAtMs }, home, onRun }: RecentScriptRowProps) {
  const { target } = config;
  const name = target.kind === 'script' ? baseName(target.path) : describeTarget(config);
  const text =
    target.kind === 'script' ? shortPath(target.path, home) : target.kind === 'npm-script' ? shortPath(target.folder, home) : shortPath(config.cwd, home);
  return (
    <Row
      icon={FileCode2}
      name={name}
      text={config.arguments === '' ? text : `${text} ${config.arguments}`}
      note={formatAgo(usedAtMs, Date.now())}
      before={words.beforeAgain}
      onClick={() => onRun(config)}
    />
  );
}

function Examples({ examples, onRun }: { readonly examples: readonly ExampleInfo[] | undefined; readonly onRun: (example: ExampleInfo) => void }) {
  if (!examples || examples.length === 0) return null;
  return (
    <section className="start-examples" aria-label={words.examples}>
      <div className="start-head">
        <h2>{words.examples}</h2>
        <span className="start-head-note">{words.examplesNote}</span>
      </div>
      <div className="examples">
        {examples.slice(0, 4).map((example) => (
          <div key={example.path} className="example">
            <span className="example-art">
              <ExampleArt kind={example.kind} />
              <span className="example-run" aria-hidden="true">
                <Icon of={Play} size="xs" filled />
                {words.run}
              </span>
            </span>
            {/* The button's area is the whole card. */}
            <button type="button" className="example-title" onClick={() => onRun(example)}>
              <span className="visually-hidden">{words.runExample} </span>
              {example.title}
            </button>
            <span className="example-text">{example.description}</span>
            <span className="example-file mono">{words.exampleFile(baseName(example.path))}</span>
          </div>
        ))}
      </div>
    </section>
  );
}
