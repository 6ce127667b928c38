/** Format, range and parts of an export; then how it goes, and what the format could not hold. */
import { CircleCheck, CircleX, Copy, Folder, Share } from 'lucide-react';
import { useState } from 'react';
import { EXPORT_FORMATS } from '../../../core/protocol/export-formats.ts';
import { useClients } from '../../state/clients.tsx';
import { useExportJob } from '../../state/export-store.ts';
import { useLibrary } from '../../state/library-store.ts';
import { useFilePicker } from '../../state/pick-file.tsx';
import { timelineControl } from '../../state/timeline-control.ts';
import { type OpenTrace, useTraceValue } from '../../state/trace-store.ts';
import { useLaunchRecord } from '../../state/use-launch-record.ts';
import { rangeInSight, viewState } from '../../state/view-store.ts';
import { baseName, folderOf } from '../../state/words.ts';
import { Button, copyText, Dialog, Field, Icon, Progress, TextField, toast } from '../../widgets/index.ts';
import { FIRST_CHOICES, questionOf, type RangeName } from './choices.ts';
import { convertCommand, runAgainCommand } from './command-lines.ts';
import './export.css';
import { ChoiceList, FormatList, Preview } from './export-form.tsx';
import { words } from './words.ts';

interface ExportDialogProps {
  readonly open: OpenTrace;
  readonly onClose: () => void;
}

export function ExportDialog({ open, onClose }: ExportDialogProps) {
  const { studio } = useClients();
  const picker = useFilePicker();
  const info = useLibrary((library) => library.info);
  const [choices, setChoices] = useState(FIRST_CHOICES);
  // As it was when the dialog was opened: a live view moves on.
  const [ranges] = useState(() => {
    const { range: selected } = viewState(open.trace);
    return { view: rangeInSight(open.trace), ...(selected && { selection: { fromNs: selected.fromNs, toNs: selected.toNs } }) };
  });
  const record = useLaunchRecord(open.trace);
  const [chosen, setChosen] = useState<string | undefined>();
  const [confirmed, setConfirmed] = useState<string | undefined>();
  const [tried, setTried] = useState(false);
  const [job, setJob] = useState<string | undefined>();
  const [failure, setFailure] = useState<{ readonly code?: string; readonly message: string; readonly remedy?: string } | undefined>();
  const progress = useExportJob(job);
  // What is exported is what is shown.
  const view = useTraceValue(open.trace, (summary) => summary?.view);

  const extension = choices.format === 'png' ? 'png' : EXPORT_FORMATS[choices.format].extensions[0];
  const question = open.recording === undefined ? undefined : questionOf(open.recording, choices, ranges, view);
  const folder = open.unsaved || open.path === '' ? info?.cwd : folderOf(open.path);
  const name = `${(open.unsaved ? open.title : baseName(open.path)).replace(/\.(tsr|json\.gz|json|[\w-]{2,14})$/, '').replace(/[^\w.-]+/g, '-') || 'trace'}.${extension}`;
  const beside = folder === undefined ? name : `${folder.replace(/[/\\]$/, '')}/${name}`;
  // Onto itself nothing is exported.
  const suggested = beside === open.path ? beside.replace(`.${extension}`, `-export.${extension}`) : beside;
  const path = chosen ?? suggested;
  // Open lists traces by their extension: another name would hide the file from whoever looks for it.
  const misnamed = path.trim() !== '' && !path.toLowerCase().endsWith(`.${extension}`);
  const exists = failure?.code === 'file-exists';

  const begin = async (overwrite: boolean) => {
    if (open.recording === undefined) return;
    setFailure(undefined);
    setTried(true);
    if (misnamed) return;
    try {
      if (question) setJob((await studio.request('export.start', { ...question, path, overwrite })).job);
      else await writePicture(overwrite);
    } catch (error) {
      setFailure(error as Error);
    }
  };
  const writePicture = async (overwrite: boolean) => {
    const picture = await timelineControl()?.picture();
    if (!picture) throw new Error(words.noTimeline);
    const written = await studio.request('export.picture', { path, overwrite }, new Uint8Array(await picture.arrayBuffer()));
    toast({ tone: 'ok', title: words.pictured, text: written.path });
    onClose();
  };
  const change = async () => {
    const question = { title: 'Export to', suggestedName: baseName(path), extension, ...(folder !== undefined && { folder: folderOf(path) }) };
    // Export writes later, and asks then where nobody has asked yet.
    await picker.save(question, async (picked, replace) => {
      setChosen(picked);
      setConfirmed(replace ? picked : undefined);
      setFailure(undefined);
    });
  };

  const runAgain = record ? runAgainCommand(record) : undefined;
  const state = job === undefined ? 'form' : (progress?.state ?? 'running');
  const backToForm = (
    <>
      <Button size="l" kind="quiet" onClick={onClose}>
        {words.close}
      </Button>
      <Button size="l" kind="primary" onClick={() => setJob(undefined)}>
        {words.back}
      </Button>
    </>
  );
  const foot = {
    form: (
      <>
        <Button size="l" kind="quiet" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button size="l" kind="primary" icon={Share} onClick={() => void begin(exists || confirmed === path)}>
          {exists ? words.replace : words.export}
        </Button>
      </>
    ),
    running: (
      <>
        <Button size="l" kind="quiet" onClick={onClose}>
          {words.inBackground}
        </Button>
        <Button size="l" onClick={() => job !== undefined && void studio.request('export.cancel', { job }).catch(setFailure)}>
          {words.cancelExport}
        </Button>
      </>
    ),
    done: (
      <>
        {info?.nativeDialogs && (
          <Button size="l" onClick={() => void studio.request('window.reveal', { path: progress?.path ?? path }).catch(setFailure)}>
            {words.showInFolder}
          </Button>
        )}
        <Button size="l" kind="primary" onClick={onClose}>
          {words.done}
        </Button>
      </>
    ),
    failed: backToForm,
    cancelled: backToForm,
  }[state];

  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title}
      about={open.title}
      width={state === 'form' ? 840 : 560}
      foot={foot}
      footLeft={
        state === 'form' && (
          <span className="field-row">
            {question && open.path !== '' && (
              <Button size="s" kind="quiet" icon={Copy} onClick={() => copyText(convertCommand(open.path, path, question), words.copied)}>
                {words.copyConvert}
              </Button>
            )}
            {runAgain !== undefined && (
              <Button size="s" kind="quiet" icon={Copy} onClick={() => copyText(runAgain, words.copied)}>
                {words.copyRun}
              </Button>
            )}
          </span>
        )
      }
    >
      {state === 'form' && (
        <>
          <div className="export-columns">
            <FormatList
              value={choices.format}
              onChange={(format) => {
                setChoices({ ...choices, format });
                setChosen(undefined);
                setFailure(undefined);
              }}
            />
            <div className="export-side">
              {question && (
                <>
                  <ChoiceList
                    open={open}
                    choices={choices}
                    ranges={['all', 'view', ...('selection' in ranges ? (['selection'] as RangeName[]) : [])]}
                    onChange={(next) => setChoices({ ...choices, ...next })}
                  />
                  <Preview question={question} />
                </>
              )}
            </div>
          </div>
          <div className="export-where">
            <Field
              label={words.file}
              problem={
                tried && misnamed
                  ? {
                      message: `${baseName(path)} does not end in .${extension}: Open would not list it.`,
                      fix: { label: `Call it ${baseName(path)}.${extension}`, apply: () => setChosen(`${path}.${extension}`) },
                    }
                  : failure && { message: failure.message, remedy: exists ? 'Press Replace to overwrite it, or choose another name.' : failure.remedy }
              }
              hint={open.unsaved ? undefined : words.besideHint}
            >
              {(control) => (
                <div className="field-row">
                  <TextField
                    {...control}
                    mono
                    icon={Folder}
                    value={path}
                    onChange={(next) => {
                      setChosen(next);
                      setFailure(undefined);
                    }}
                  />
                  <Button onClick={() => void change().catch(setFailure)}>{words.change}</Button>
                </div>
              )}
            </Field>
          </div>
        </>
      )}
      {state !== 'form' && (
        <div className="export-state" style={{ paddingTop: 18 }}>
          {state === 'running' && (
            <>
              <span>
                {words.writing} <span className="mono">{baseName(path)}</span>
              </span>
              <Progress label={words.exportProgress} share={progress && progress.totalBytes > 0 ? progress.doneBytes / progress.totalBytes : undefined} />
              <span className="label t3">{words.far(progress?.events ?? 0, progress?.doneBytes ?? 0, progress?.totalBytes ?? 0)}</span>
            </>
          )}
          {state === 'done' && (
            <span className="field-row" role="status">
              <Icon of={CircleCheck} size="m" className="ok" />
              <span>
                {words.exportedTo(progress?.events ?? 0)} <span className="mono">{progress?.path}</span>
              </span>
            </span>
          )}
          {state === 'cancelled' && <span role="status">{words.cancelled}</span>}
          {state === 'failed' && (
            <span className="field-row" role="alert">
              <Icon of={CircleX} size="m" className="error" />
              <span>
                {progress?.problem?.message ?? words.failed} {progress?.problem?.remedy}
              </span>
            </span>
          )}
          {progress && progress.notes.length > 0 && (
            <>
              <span className="medium">{words.cannotHold}</span>
              <ul className="export-notes">
                {progress.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </Dialog>
  );
}
