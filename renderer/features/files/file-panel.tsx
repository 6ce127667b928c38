/** The studio's own file dialog, for hosts without a native one: lists folders of the host's machine under its chosen roots. */
import { ChevronRight, FileCode2, File as FileIcon, Folder, FolderOpen, House, Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { FileEntry, FileListing, FilePurpose, FileRoot } from '../../../core/protocol/studio-api.ts';
import { useClients } from '../../state/clients.tsx';
import type { WriteTo } from '../../state/pick-file.tsx';
import { baseName, formatAgo, formatBytes } from '../../state/words.ts';
import { Button, Dialog, EmptyState, Icon, Spinner, TextField } from '../../widgets/index.ts';
import './file-panel.css';
import { words } from './words.ts';

export interface PanelQuestion {
  readonly title: string;
  readonly purpose: FilePurpose;
  /** Given: asks where to save, with this name to begin with. */
  readonly suggestedName?: string;
  readonly extension?: string;
  readonly folder?: string;
}

interface FilePanelProps {
  readonly question: PanelQuestion;
  /** Writes to the path that was chosen; the panel stays until that is done. */
  readonly write?: WriteTo | undefined;
  readonly onAnswer: (path: string | undefined) => void;
}

/** These may lie anywhere: where they are used says what is wrong with them. The others are read through the studio's folders only. */
const ANYWHERE: ReadonlySet<FilePurpose> = new Set<FilePurpose>(['script', 'folder', 'node']);

interface Refusal {
  readonly path: string;
  readonly exists: boolean;
  readonly words: string;
}

let lastFolder: string | undefined;

export function FilePanel({ question, write, onAnswer }: FilePanelProps) {
  const { studio } = useClients();
  const saving = question.suggestedName !== undefined;
  const [roots, setRoots] = useState<readonly FileRoot[]>([]);
  const [folder, setFolder] = useState<string | undefined>(question.folder ?? lastFolder);
  const [listing, setListing] = useState<FileListing | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  const [filter, setFilter] = useState('');
  const [at, setAt] = useState(0);
  /** A name to save as, or a path to open. */
  const [name, setName] = useState(question.suggestedName ?? '');
  const [writing, setWriting] = useState(false);
  const [refused, setRefused] = useState<Refusal | undefined>();
  const list = useRef<HTMLDivElement>(null);
  const nameField = useRef<HTMLInputElement>(null);

  useEffect(() => {
    studio.request('files.roots', null).then(
      (found) => {
        setRoots(found);
        setFolder((now) => now ?? found[0]?.path);
      },
      (error: unknown) => setProblem(String((error as Error).message)),
    );
  }, [studio]);

  useEffect(() => {
    if (folder === undefined) return;
    let current = true;
    setProblem(undefined);
    studio.request('files.list', { path: folder, purpose: question.purpose }).then(
      (found) => {
        if (!current) return;
        lastFolder = found.path;
        setListing(found);
        setFilter('');
        setAt(0);
      },
      (error: unknown) => current && setProblem(String((error as Error).message)),
    );
    return () => {
      current = false;
    };
  }, [studio, folder, question.purpose]);

  const entries = (listing?.entries ?? []).filter((entry) => entry.name.toLowerCase().includes(filter.toLowerCase()));
  const chosen = entries[Math.min(at, entries.length - 1)];
  // A whole path may be typed where a name is asked for.
  const wholePath = typedPath(name.trim(), listing?.path ?? folder);
  const target = saving && wholePath !== undefined ? withExtension(wholePath, question.extension) : wholePath;

  const take = (entry: FileEntry) => {
    if (entry.kind === 'folder') setFolder(entry.path);
    else if (saving) setName(entry.name);
    else onAnswer(entry.path);
  };
  const confirm = () => {
    if (!saving && target !== undefined) {
      void openTyped(target);
      return;
    }
    if (!saving) {
      if (question.purpose === 'folder') onAnswer(listing?.path);
      else if (chosen) take(chosen);
      return;
    }
    if (target !== undefined && !writing) void save(target);
  };
  // Only the host knows what is in the way: the list shows one folder, and not all of it.
  const mayReplace = refused?.exists === true && refused.path === target;
  const save = async (path: string) => {
    setWriting(true);
    try {
      await write?.(path, mayReplace);
      onAnswer(path);
    } catch (error) {
      const { code, message, remedy = '' } = error as { code?: string; message: string; remedy?: string };
      const exists = code === 'file-exists';
      setRefused({ path, exists, words: exists ? `${baseName(path)} exists already. Press Replace to overwrite it.` : `${message} ${remedy}`.trim() });
      setWriting(false);
    }
  };
  /** A folder is shown; anything else that may be chosen is. */
  const openTyped = async (path: string) => {
    try {
      const found = await studio.request('files.list', { path, purpose: question.purpose });
      setName('');
      if (question.purpose === 'folder') onAnswer(found.path);
      else setFolder(found.path);
    } catch (error) {
      const { code, message, remedy = '' } = error as { code?: string; message: string; remedy?: string };
      const isFile = code === 'not-a-folder' && question.purpose !== 'folder';
      if (isFile || (code === 'outside-roots' && ANYWHERE.has(question.purpose))) onAnswer(path);
      else setRefused({ path, exists: false, words: `${message} ${remedy}`.trim() });
    }
  };
  const onKey = (event: KeyboardEvent) => {
    const last = Math.max(0, entries.length - 1);
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, PageDown: at + 12, PageUp: at - 12 };
    const to = moves[event.key];
    if (to !== undefined) setAt(Math.min(last, Math.max(0, to)));
    else if (event.key === 'Enter' && chosen) take(chosen);
    else if (event.key === 'Backspace' && listing?.parent !== undefined) setFolder(listing.parent);
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const next = entries.findIndex((entry, index) => index > at && entry.name.toLowerCase().startsWith(event.key.toLowerCase()));
      setAt(
        next >= 0
          ? next
          : Math.max(
              0,
              entries.findIndex((entry) => entry.name.toLowerCase().startsWith(event.key.toLowerCase())),
            ),
      );
    } else return;
    event.preventDefault();
  };

  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const root = roots.filter((each) => listing?.path.startsWith(each.path)).sort((a, b) => b.path.length - a.path.length)[0];
  return (
    <Dialog
      open
      onClose={() => !writing && onAnswer(undefined)}
      title={question.title}
      width={720}
      height={560}
      initialFocus={saving ? nameField : list}
      footLeft={
        refused !== undefined && refused.path === target ? (
          <span className={refused.exists ? 'warn' : 'error'} role="alert">
            {refused.words}
          </span>
        ) : (
          <span className="t3 label mono ellipsis">{target ?? listing?.path}</span>
        )
      }
      foot={
        <>
          <Button size="l" kind="quiet" onClick={() => onAnswer(undefined)} disabled={writing}>
            {words.cancel}
          </Button>
          <Button
            size="l"
            kind="primary"
            onClick={confirm}
            disabled={saving ? target === undefined || writing : question.purpose !== 'folder' && !chosen && target === undefined}
          >
            {saving ? (mayReplace ? 'Replace' : 'Save') : question.purpose === 'folder' ? words.takeFolder : words.open}
          </Button>
        </>
      }
    >
      <div className="files">
        <div className="files-bar">
          <nav className="files-crumbs" aria-label={words.folder}>
            {crumbs(listing?.path, root).map((crumb, index) => (
              <span key={crumb.path} style={{ display: 'contents' }}>
                {index > 0 && <Icon of={ChevronRight} size="xs" />}
                <button type="button" className="files-crumb" onClick={() => setFolder(crumb.path)}>
                  {crumb.label}
                </button>
              </span>
            ))}
          </nav>
          {roots.length > 1 &&
            roots.map((each) => (
              <Button key={each.id} size="s" kind="quiet" icon={House} onClick={() => setFolder(each.path)} title={each.path}>
                {each.label}
              </Button>
            ))}
          <div className="files-filter">
            <TextField size="s" icon={Search} value={filter} onChange={setFilter} placeholder={words.filter} aria-label={words.filterFiles} />
          </div>
        </div>
        {/* One stop in the tab order; the arrows move inside. */}
        <div
          ref={list}
          className="files-list"
          role="listbox"
          tabIndex={0}
          aria-label={words.files}
          aria-activedescendant={chosen ? `file-${at}` : undefined}
          onKeyDown={onKey}
        >
          {problem !== undefined && <EmptyState icon={FolderOpen} tone="error" title={problem} />}
          {problem === undefined && listing === undefined && <Spinner />}
          {problem === undefined && listing && entries.length === 0 && (
            <EmptyState icon={FolderOpen} title={filter ? words.noMatch(filter) : words.nothingHere}>
              {filter ? undefined : PURPOSE_WORDS[question.purpose]}
            </EmptyState>
          )}
          {problem === undefined &&
            entries.map((entry, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys.
              <div
                key={entry.path}
                id={`file-${index}`}
                data-at={index}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                className="files-row"
                onClick={() => {
                  setAt(index);
                  if (saving && entry.kind === 'file') setName(entry.name);
                }}
                onDoubleClick={() => take(entry)}
              >
                <Icon of={entry.kind === 'folder' ? Folder : question.purpose === 'script' ? FileCode2 : FileIcon} />
                <span className="ellipsis grow">{entry.name}</span>
                <span className="t3 label num files-size">{entry.bytes === undefined ? '' : formatBytes(entry.bytes)}</span>
                <span className="t3 label num files-time">{entry.modifiedMs === undefined ? '' : formatAgo(entry.modifiedMs, Date.now())}</span>
              </div>
            ))}
        </div>
        {listing?.cut && <div className="files-note">{words.listIsCut}</div>}
        <div className="files-name">
          <label htmlFor="files-name">{saving ? words.name : words.path}</label>
          <TextField
            id="files-name"
            ref={nameField}
            mono
            value={name}
            placeholder={saving ? undefined : words.pathHint}
            onChange={setName}
            onKeyDown={(event) => event.key === 'Enter' && confirm()}
          />
        </div>
      </div>
    </Dialog>
  );
}

const PURPOSE_WORDS: Record<FilePurpose, string> = {
  script: 'Folders and scripts (.js, .mjs, .cjs, .jsx, .ts, .mts, .cts, .tsx) are listed.',
  trace: 'Folders and traces (.tsr, .json, .cpuprofile, .pftrace and others) are listed.',
  folder: 'There are no folders in here. It can be chosen itself.',
  node: 'There is no program here.',
  plugin: 'Folders and plugins (.js, .mjs, .cjs, .ts, .mts, .cts) are listed.',
};

function crumbs(path: string | undefined, root: FileRoot | undefined): readonly { readonly path: string; readonly label: string }[] {
  if (path === undefined) return [];
  const base = root?.path ?? '/';
  const rest = path.slice(base.length).split(/[/\\]/).filter(Boolean);
  const out = [{ path: base, label: root?.label ?? base }];
  let at = base.replace(/[/\\]$/, '');
  for (const part of rest) {
    at = `${at}/${part}`;
    out.push({ path: at, label: part });
  }
  return out;
}

/** Undefined: nothing is typed, or it is not known yet where a name belongs. */
function typedPath(name: string, folder: string | undefined): string | undefined {
  if (name === '') return undefined;
  if (isWholePath(name)) return name;
  return folder === undefined ? undefined : joinPath(folder, name);
}
const isWholePath = (name: string) => /^(~?\/|[A-Za-z]:[\\/])/.test(name);
const joinPath = (folder: string, name: string) => `${folder.replace(/[/\\]$/, '')}/${name}`;
const withExtension = (name: string, extension: string | undefined) =>
  extension === undefined || name.toLowerCase().endsWith(`.${extension}`) ? name : `${name}.${extension}`;
