import { Blocks, CircleDot, CircleX, Copy, FileCode2, Folder, Hexagon, Play, SquareTerminal, Terminal } from 'lucide-react';
import { type FocusEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Problem } from '../../../core/base/result.ts';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import { useClients } from '../../state/clients.tsx';
import { changeDraft, hasCaptureProblem, launchState, useCaptureTexts, useDraft, useInspection, useStarting } from '../../state/launch-store.ts';
import { refreshNodes, useLibrary } from '../../state/library-store.ts';
import { useFilePicker } from '../../state/pick-file.tsx';
import { projectFolder } from '../../state/saved-configs.ts';
import { commandText } from '../../state/shell-words.ts';
import { folderOf, plural } from '../../state/words.ts';
import { Badge, Button, Checkbox, Dialog, Dot, Field, Icon, IconButton, Segments, Select, TextField, toast } from '../../widgets/index.ts';
import { CapturePage } from './capture-page.tsx';
import { runCommand } from './command-text.ts';
import { EnvironmentTable } from './environment-table.tsx';
import { type LaunchField, permissionNotice, problemAt } from './field-problems.ts';
import { NodeField } from './node-field.tsx';
import { SavedConfigs } from './saved-configs.tsx';
import './run-config.css';
import { words } from './words.ts';

interface RunConfigDialogProps {
  /** Resolves when it runs; rejects with what went wrong, which is shown here. */
  readonly onRun: (config: LaunchConfig) => Promise<void>;
  readonly onClose: () => void;
  /** The section about plugins, which is another feature's. */
  readonly plugins: ReactNode;
  /** Section to begin at. */
  readonly page?: 'plugins' | 'environment' | 'capture' | undefined;
}

const PAGES = [
  { id: 'script', label: 'Script and arguments', icon: FileCode2, fields: ['target', 'arguments', 'cwd'] },
  { id: 'node', label: 'Node and environment', icon: Hexagon, fields: ['nodePath', 'nodeFlags', 'environment'] },
  { id: 'plugins', label: 'Plugins', icon: Blocks, fields: ['plugins'] },
  { id: 'capture', label: 'Capture', icon: CircleDot, fields: ['capture'] },
] as const satisfies readonly { id: string; label: string; icon: typeof Folder; fields: readonly LaunchField[] }[];

const EMPTY_CWD = { script: 'the folder of the script', 'npm-script': 'the folder of package.json', command: 'where the studio was started' } as const;

/** Each change is kept at once, so closing the dialog in any way loses nothing. */
export function RunConfigDialog({ onRun, onClose, plugins, page: asked }: RunConfigDialogProps) {
  const { studio } = useClients();
  const picker = useFilePicker();
  const draft = useDraft();
  const inspection = useInspection();
  const nodes = useLibrary((library) => library.nodes);
  const info = useLibrary((library) => library.info);
  const starting = useStarting();
  const [failure, setFailure] = useState<Problem | undefined>();
  const [tried, setTried] = useState(false);
  const [page, setPage] = useState<string>(asked === 'environment' ? 'node' : (asked ?? 'script'));
  const pages = useRef<HTMLDivElement>(null);
  const first = useRef<HTMLInputElement>(null);
  /** The one that the dialog was opened for: the focus brings it into sight. */
  const section = useRef<HTMLElement>(null);

  const { target } = draft;
  const typed = target.kind === 'script' ? target.path !== '' : target.kind === 'npm-script' ? target.folder !== '' : target.command !== '';
  // An empty form is not wrong yet; it is once it was to run.
  const problemOf = (field: LaunchField) => (field === 'target' && !typed && !tried ? undefined : problemAt(inspection, field, changeDraft));

  const run = async () => {
    if (starting) return;
    setFailure(undefined);
    setTried(true);
    if (hasCaptureProblem() || (!launchState().inspecting && (inspection?.problems.length ?? 0) > 0)) {
      // What is wrong stands at its field: go there. After this rendering, which may be the first to mark it.
      requestAnimationFrame(() => {
        // What stands at the other fields was said of an earlier form as long as this one is examined.
        const where = launchState().inspecting ? pages.current?.querySelector('#run-config-capture') : pages.current;
        where?.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]')?.focus();
      });
      return;
    }
    try {
      // A field that keeps its text until it is left may have changed it by the same key.
      await onRun(launchState().draft);
    } catch (error) {
      const { code, message, remedy } = error as { code?: string; message: string; remedy?: string };
      setFailure({ code: code ?? 'failed', message, ...(remedy !== undefined && { remedy }) });
    }
  };

  const browse = async (purpose: 'script' | 'folder' | 'node', title: string, put: (path: string) => void) => {
    const folder = draft.cwd || (target.kind === 'script' && target.path.includes('/') ? folderOf(target.path) : undefined);
    const path = await picker.open({ purpose, title, ...(folder !== undefined && { folder }) });
    if (path !== undefined) put(path);
  };

  const go = (id: string) => {
    setPage(id);
    pages.current?.querySelector(`#run-config-${id}`)?.scrollIntoView({ block: 'start' });
  };

  // Ctrl+Enter runs from any field.
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat) void run();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });

  useCaptureTexts(); // A text that is no value is a problem of its section.
  const changes = Object.keys(draft.capture ?? {}).length;
  const folder = projectFolder(inspection);
  const traceCommand = runCommand(draft, inspection);
  const copy = (text: string) =>
    navigator.clipboard.writeText(text).then(
      () => toast({ tone: 'ok', title: words.commandCopied, key: 'copied' }),
      () => toast({ tone: 'warn', title: words.noClipboard, key: 'copied' }),
    );
  const command = inspection && inspection.command.length > 0 ? commandText(inspection.command) : undefined;
  return (
    <Dialog
      open
      sticky
      onClose={onClose}
      title={words.runConfiguration}
      about={info?.problem ? <span className="warn">{info.problem.message}</span> : undefined}
      width={960}
      height={720}
      initialFocus={asked === undefined ? first : section}
      footLeft={<span className="t3">{inspection?.cwd ? words.runsIn(inspection.cwd) : ''}</span>}
      foot={
        <>
          <Button size="l" kind="quiet" onClick={onClose}>
            {words.close}
          </Button>
          <Button size="l" kind="primary" icon={Play} iconFilled onClick={() => void run()} disabled={starting}>
            {words.saveAndRun}
          </Button>
        </>
      }
    >
      <div className="run-config-frame">
        <div className="run-config">
          <nav className="run-config-nav" aria-label={words.sections}>
            {PAGES.map((each) => (
              <button type="button" key={each.id} className="run-config-link" aria-current={page === each.id ? 'true' : undefined} onClick={() => go(each.id)}>
                <Icon of={each.icon} />
                {each.label}
                {each.id === 'capture' && changes > 0 && (
                  <span className="run-config-count">
                    <span aria-hidden="true">{changes}</span>
                    <span className="visually-hidden">{plural(changes, 'change')}</span>
                  </span>
                )}
                {(each.fields.some((field) => problemOf(field)) || (each.id === 'capture' && hasCaptureProblem())) && (
                  <>
                    <Dot tone="error" />
                    <span className="visually-hidden">{words.hasAProblem}</span>
                  </>
                )}
              </button>
            ))}
          </nav>
          <div className="run-config-pages" ref={pages}>
            {failure && (
              <div className="run-config-problem" role="alert">
                <Icon of={CircleX} />
                <span>
                  <b className="medium">{failure.message}</b> {failure.remedy}
                </span>
              </div>
            )}
            <section className="run-config-page" id="run-config-script" aria-label={words.scriptAndArguments}>
              {folder !== undefined && <SavedConfigs folder={folder} draft={draft} />}
              <h3>{words.scriptAndArguments}</h3>
              <div className="run-config-grid">
                <div className="wide field-row">
                  <Segments
                    label={words.kindOfTarget}
                    value={target.kind}
                    options={[
                      { value: 'script', label: 'Script' },
                      { value: 'npm-script', label: 'npm script' },
                      { value: 'command', label: 'Command' },
                    ]}
                    onChange={(kind) => changeDraft({ target: otherTarget(draft, kind, inspection?.project) })}
                  />
                </div>
                {target.kind === 'script' && (
                  <Field
                    label={words.script}
                    problem={problemOf('target')}
                    hint={inspection?.language === 'typescript' ? words.typescript : words.scriptHint}
                    badge={inspection?.language === 'typescript' && <Badge>{words.typescript}</Badge>}
                  >
                    {(control) => (
                      <div className="field-row">
                        <TextField
                          {...control}
                          ref={first}
                          mono
                          icon={FileCode2}
                          value={target.path}
                          onChange={(path) => changeDraft({ target: { kind: 'script', path } })}
                        />
                        <Button
                          onClick={() => void browse('script', 'Choose a script', (path) => changeDraft({ target: { kind: 'script', path } }))}
                          aria-label={words.browseScript}
                        >
                          {words.browse}
                        </Button>
                      </div>
                    )}
                  </Field>
                )}
                {target.kind === 'npm-script' && (
                  <>
                    <Field label={words.projectFolder} problem={problemOf('target')} hint={inspection?.project?.name}>
                      {(control) => (
                        <div className="field-row">
                          <TextField
                            {...control}
                            ref={first}
                            mono
                            icon={Folder}
                            value={target.folder}
                            onChange={(folder) => changeDraft({ target: { ...target, folder } })}
                          />
                          <Button
                            onClick={() =>
                              void browse('folder', 'Choose a folder with package.json', (folder) => changeDraft({ target: { ...target, folder } }))
                            }
                            aria-label={words.browseProject}
                          >
                            {words.browse}
                          </Button>
                        </div>
                      )}
                    </Field>
                    <Field label={words.npmScript} hint={inspection?.project?.scripts.find((script) => script.name === target.name)?.command}>
                      {(control) => (
                        <Select
                          id={control.id}
                          aria-describedby={control['aria-describedby']}
                          value={target.name}
                          placeholder={words.chooseAScript}
                          options={(inspection?.project?.scripts ?? []).map((script) => ({
                            value: script.name,
                            label: script.name,
                            meta: clip(script.command),
                          }))}
                          onChange={(name) => changeDraft({ target: { ...target, name } })}
                        />
                      )}
                    </Field>
                  </>
                )}
                {target.kind === 'command' && (
                  <Field label={words.command} problem={problemOf('target')} hint={words.commandHint}>
                    {(control) => (
                      <TextField
                        {...control}
                        ref={first}
                        mono
                        icon={Terminal}
                        placeholder={words.commandPlaceholder}
                        value={target.command}
                        onChange={(text) => changeDraft({ target: { kind: 'command', command: text } })}
                      />
                    )}
                  </Field>
                )}
                <Field label={words.workingFolder} problem={problemOf('cwd')} hint={draft.cwd === '' ? words.folderHint(EMPTY_CWD[target.kind]) : undefined}>
                  {(control) => (
                    <div className="field-row">
                      <TextField
                        {...control}
                        mono
                        icon={Folder}
                        value={draft.cwd}
                        placeholder={inspection?.cwd ?? ''}
                        onChange={(cwd) => changeDraft({ cwd })}
                      />
                      <Button onClick={() => void browse('folder', 'Choose a working folder', (cwd) => changeDraft({ cwd }))} aria-label={words.browseFolder}>
                        {words.browse}
                      </Button>
                    </div>
                  )}
                </Field>
                {target.kind !== 'command' && (
                  <div className={target.kind === 'script' ? 'wide' : undefined}>
                    <Field label={words.arguments} problem={problemOf('arguments')} hint={words.argumentsHint}>
                      {(control) => <TextField {...control} mono value={draft.arguments} onChange={(text) => changeDraft({ arguments: text })} />}
                    </Field>
                  </div>
                )}
              </div>
            </section>
            <section
              className="run-config-page"
              id="run-config-node"
              aria-label={words.nodeAndEnvironment}
              tabIndex={-1}
              onFocus={toTop}
              {...(asked === 'environment' && { ref: section })}
            >
              <h3>{words.nodeAndEnvironment}</h3>
              <div className="run-config-grid">
                <NodeField
                  chosen={draft.nodePath}
                  nodes={nodes}
                  inspected={inspection?.node}
                  problem={problemOf('nodePath')}
                  onChange={(nodePath) => changeDraft({ nodePath })}
                  onBrowse={() =>
                    void browse('node', 'Choose a Node', (nodePath) => {
                      changeDraft({ nodePath });
                      refreshNodes(studio).catch(() => {});
                    })
                  }
                />
                <Field
                  label={words.nodeFlags}
                  problem={problemOf('nodeFlags')}
                  notice={permissionNotice(draft, inspection, changeDraft)}
                  hint={words.nodeFlagsHint}
                >
                  {(control) => <TextField {...control} mono value={draft.nodeFlags} onChange={(nodeFlags) => changeDraft({ nodeFlags })} />}
                </Field>
                <div className="wide">
                  <Field label={words.environment} problem={problemOf('environment')} hint={words.environmentHint}>
                    {(control) => (
                      <div id={control.id}>
                        <EnvironmentTable variables={draft.environment} bad={control.bad} onChange={(environment) => changeDraft({ environment })} />
                      </div>
                    )}
                  </Field>
                  <div className="run-config-checks">
                    <Checkbox
                      checked={draft.recordEnvironmentValues}
                      onChange={(recordEnvironmentValues) => changeDraft({ recordEnvironmentValues })}
                      label={words.keepValues}
                      hint={draft.recordEnvironmentValues ? words.valuesKept : words.valuesLeftOut}
                    />
                  </div>
                </div>
              </div>
            </section>
            <section
              className="run-config-page"
              id="run-config-plugins"
              aria-label={words.plugins}
              tabIndex={-1}
              onFocus={toTop}
              {...(asked === 'plugins' && { ref: section })}
            >
              <h3>{words.plugins}</h3>
              {plugins}
            </section>
            <section
              className="run-config-page"
              id="run-config-capture"
              aria-label={words.capture}
              tabIndex={-1}
              onFocus={toTop}
              {...(asked === 'capture' && { ref: section })}
            >
              <CapturePage />
            </section>
          </div>
        </div>
        <section className="run-config-preview" aria-label={words.commandPreview}>
          {command !== undefined && <span className="t3">$</span>}
          <span className="ellipsis grow" title={command}>
            {command ?? <span className="t3">{typed ? words.problemsLeft(inspection?.problems.length ?? 0) : words.noCommandYet}</span>}
          </span>
          {traceCommand !== undefined && <IconButton icon={SquareTerminal} size="s" label={words.copyHint} onClick={() => void copy(traceCommand)} />}
          {command !== undefined && <IconButton icon={Copy} size="s" label={words.copyCommand} onClick={() => void copy(command)} />}
        </section>
      </div>
    </Dialog>
  );
}

/** Of a section that takes the focus itself, not of a field in it. */
function toTop(event: FocusEvent<HTMLElement>): void {
  if (event.target === event.currentTarget) event.currentTarget.scrollIntoView({ block: 'start' });
}

function otherTarget(
  draft: LaunchConfig,
  kind: LaunchConfig['target']['kind'],
  project: { readonly folder: string; readonly scripts: readonly { readonly name: string }[] } | undefined,
): LaunchConfig['target'] {
  if (kind === draft.target.kind) return draft.target;
  if (kind === 'npm-script') return { kind, folder: project?.folder ?? draft.cwd, name: project?.scripts[0]?.name ?? '' };
  if (kind === 'command') return { kind, command: draft.target.kind === 'script' && draft.target.path ? `node ${draft.target.path}` : '' };
  return { kind, path: '' };
}

const clip = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
