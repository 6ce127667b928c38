import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { CircleCheck, CircleX, FileArchive, FileCode2, FileJson2, Folder, Package, Share, Sheet } from 'lucide-react';
import { useState } from 'react';
import { EXPORT_FORMAT_NAMES, EXPORT_FORMATS, type ExportFormat } from '../../../core/protocol/export-formats.ts';
import { formatCount } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useExportJob } from '../../state/export-store.ts';
import { useLibrary } from '../../state/library-store.ts';
import { useFilePicker } from '../../state/pick-file.tsx';
import { type OpenTrace, useTraceValue } from '../../state/trace-store.ts';
import { baseName, folderOf, formatBytes } from '../../state/words.ts';
import { Button, Dialog, Field, Icon, Progress, TextField } from '../../widgets/index.ts';
import './export.css';

const ICONS: Partial<Record<ExportFormat, typeof Folder>> = { 'chrome-json-gz': FileArchive, recording: Package, html: FileCode2, csv: Sheet };
const FORMATS = EXPORT_FORMAT_NAMES.map((value) => {
  const { label, text, extensions } = EXPORT_FORMATS[value];
  return { value, label, text, extension: extensions[0], icon: ICONS[value] ?? FileJson2 };
});

interface ExportDialogProps {
  readonly open: OpenTrace;
  readonly onClose: () => void;
}

export function ExportDialog({ open, onClose }: ExportDialogProps) {
  const { studio } = useClients();
  const picker = useFilePicker();
  const info = useLibrary((library) => library.info);
  const [format, setFormat] = useState<ExportFormat>('chrome-json');
  const [chosen, setChosen] = useState<string | undefined>();
  const [confirmed, setConfirmed] = useState<string | undefined>();
  const [tried, setTried] = useState(false);
  const [job, setJob] = useState<string | undefined>();
  const [failure, setFailure] = useState<{ readonly code?: string; readonly message: string; readonly remedy?: string } | undefined>();
  const progress = useExportJob(job);
  // What is exported is what is shown.
  const view = useTraceValue(open.trace, (summary) => summary?.view);

  const about = { value: format, ...EXPORT_FORMATS[format], extension: EXPORT_FORMATS[format].extensions[0] };
  const folder = open.unsaved || open.path === '' ? info?.cwd : folderOf(open.path);
  const name = `${(open.unsaved ? open.title : baseName(open.path)).replace(/\.(tsr|json\.gz|json|[\w-]{2,14})$/, '').replace(/[^\w.-]+/g, '-') || 'trace'}.${about.extension}`;
  const path = chosen ?? (folder === undefined ? name : `${folder.replace(/[/\\]$/, '')}/${name}`);
  // Open lists traces by their extension: another name would hide the file from whoever looks for it.
  const misnamed = path.trim() !== '' && !path.toLowerCase().endsWith(`.${about.extension}`);
  const exists = failure?.code === 'file-exists';

  const begin = async (overwrite: boolean) => {
    if (open.recording === undefined) return;
    setFailure(undefined);
    setTried(true);
    if (misnamed) return;
    try {
      setJob((await studio.request('export.start', { recording: open.recording, format, path, overwrite, ...(view !== undefined && { view }) })).job);
    } catch (error) {
      setFailure(error as Error);
    }
  };
  const change = async () => {
    const question = { title: 'Export to', suggestedName: baseName(path), extension: about.extension, ...(folder !== undefined && { folder: folderOf(path) }) };
    // Export writes later, and asks then where nobody has asked yet.
    await picker.save(question, async (picked, replace) => {
      setChosen(picked);
      setConfirmed(replace ? picked : undefined);
      setFailure(undefined);
    });
  };

  const state = job === undefined ? 'form' : (progress?.state ?? 'running');
  const backToForm = (
    <>
      <Button size="l" kind="quiet" onClick={onClose}>
        Close
      </Button>
      <Button size="l" kind="primary" onClick={() => setJob(undefined)}>
        Back
      </Button>
    </>
  );
  const foot = {
    form: (
      <>
        <Button size="l" kind="quiet" onClick={onClose}>
          Cancel
        </Button>
        <Button size="l" kind="primary" icon={Share} onClick={() => void begin(exists || confirmed === path)}>
          {exists ? 'Replace' : 'Export'}
        </Button>
      </>
    ),
    running: (
      <>
        <Button size="l" kind="quiet" onClick={onClose}>
          Go on in the background
        </Button>
        <Button size="l" onClick={() => job !== undefined && void studio.request('export.cancel', { job }).catch(setFailure)}>
          Cancel export
        </Button>
      </>
    ),
    done: (
      <>
        {info?.nativeDialogs && (
          <Button size="l" onClick={() => void studio.request('window.reveal', { path: progress?.path ?? path }).catch(setFailure)}>
            Show in folder
          </Button>
        )}
        <Button size="l" kind="primary" onClick={onClose}>
          Done
        </Button>
      </>
    ),
    failed: backToForm,
    cancelled: backToForm,
  }[state];

  return (
    <Dialog open onClose={onClose} title="Export trace" about={open.title} width={560} foot={foot}>
      {state === 'form' && (
        <>
          <RadioGroup
            className="export-formats"
            aria-label="Format"
            value={format}
            onValueChange={(next) => {
              setFormat(next as ExportFormat);
              setChosen(undefined);
              setFailure(undefined);
            }}
          >
            {FORMATS.map((each) => (
              <Radio.Root key={each.value} value={each.value} className="export-format" aria-label={each.label} render={<div />}>
                <Icon of={each.icon} size="m" />
                <span>
                  <b>{each.label}</b>
                  <span className="label t3">{each.text}</span>
                </span>
              </Radio.Root>
            ))}
          </RadioGroup>
          <div className="export-where">
            <Field
              label="File"
              problem={
                tried && misnamed
                  ? {
                      message: `${baseName(path)} does not end in .${about.extension}: Open would not list it.`,
                      fix: { label: `Call it ${baseName(path)}.${about.extension}`, apply: () => setChosen(`${path}.${about.extension}`) },
                    }
                  : failure && { message: failure.message, remedy: exists ? 'Press Replace to overwrite it, or choose another name.' : failure.remedy }
              }
              hint={open.unsaved ? undefined : 'Written beside the recording unless changed'}
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
                  <Button onClick={() => void change().catch(setFailure)}>Change…</Button>
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
                Writing <span className="mono">{baseName(path)}</span>
              </span>
              <Progress label="Export progress" share={progress && progress.totalBytes > 0 ? progress.doneBytes / progress.totalBytes : undefined} />
              <span className="label t3">
                {formatCount(progress?.events ?? 0)} events, {formatBytes(progress?.doneBytes ?? 0)} of {formatBytes(progress?.totalBytes ?? 0)} read
              </span>
            </>
          )}
          {state === 'done' && (
            <span className="field-row" role="status">
              <Icon of={CircleCheck} size="m" className="ok" />
              <span>
                Exported {formatCount(progress?.events ?? 0)} events to <span className="mono">{progress?.path}</span>
              </span>
            </span>
          )}
          {state === 'cancelled' && <span role="status">The export was cancelled. Nothing was written.</span>}
          {state === 'failed' && (
            <span className="field-row" role="alert">
              <Icon of={CircleX} size="m" className="error" />
              <span>
                {progress?.problem?.message ?? 'The export failed.'} {progress?.problem?.remedy}
              </span>
            </span>
          )}
          {progress && progress.notes.length > 0 && (
            <>
              <span className="medium">What this format cannot hold</span>
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
