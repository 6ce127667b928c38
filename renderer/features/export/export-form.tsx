/** What is to be exported: format, range, parts; beside it how large that would be and how it begins. */
import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { FileArchive, FileCode2, FileJson2, type Folder, ImageDown, Package, Sheet } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { EXPORT_FORMAT_NAMES, EXPORT_FORMATS, EXPORT_PARTS, EXPORT_TABLES, type ExportFormat, type ExportPart } from '../../../core/protocol/export-formats.ts';
import type { ExportPreview, ExportQuestion } from '../../../core/protocol/studio-api.ts';
import { clipText } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { useNotes } from '../../state/notes-store.ts';
import { useTimelineControl } from '../../state/timeline-control.ts';
import { type OpenTrace, traceState } from '../../state/trace-store.ts';
import { useLaunchRecord } from '../../state/use-launch-record.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { Checkbox, Icon, Segments, Select } from '../../widgets/index.ts';
import type { Choices, ExportTarget, RangeName } from './choices.ts';
import { words } from './words.ts';

const ICONS: Partial<Record<ExportTarget, typeof Folder>> = { 'chrome-json-gz': FileArchive, recording: Package, html: FileCode2, csv: Sheet, png: ImageDown };

interface FormProps {
  readonly open: OpenTrace;
  readonly choices: Choices;
  readonly ranges: readonly RangeName[];
  readonly onChange: (change: Partial<Choices>) => void;
}

export function FormatList({ value, onChange }: { readonly value: ExportTarget; readonly onChange: (format: ExportTarget) => void }) {
  const hasTimeline = useTimelineControl() !== undefined;
  const formats: readonly ExportTarget[] = [...EXPORT_FORMAT_NAMES, ...(hasTimeline ? (['png'] as const) : [])];
  return (
    <RadioGroup className="export-formats" aria-label={words.format} value={value} onValueChange={(next) => onChange(next as ExportTarget)}>
      {formats.map((format) => {
        const { label, text } = format === 'png' ? words.picture : EXPORT_FORMATS[format];
        return (
          <Radio.Root key={format} value={format} className="export-format" aria-label={label} render={<div />}>
            <Icon of={ICONS[format] ?? FileJson2} size="m" />
            <span>
              <b>{label}</b>
              <span className="label t3">{text}</span>
            </span>
          </Radio.Root>
        );
      })}
    </RadioGroup>
  );
}

export function ChoiceList({ open, choices, ranges, onChange }: FormProps) {
  const { format, range, without, table, thread } = choices;
  const tracks = useTraceQuery(open.trace, 'tracks.list', format === 'cpuprofile' ? {} : undefined, 2000).value ?? [];
  const threads = [...new Set(tracks.filter(({ kind }) => kind === 'calls').map(({ name }) => name))].filter((name) => name !== '').slice(0, 200);
  return (
    <div className="export-choices">
      <Choice title={words.range}>
        <Segments
          label={words.range}
          value={range}
          options={ranges.map((value) => ({ value, label: words.ranges[value] }))}
          onChange={(next) => onChange({ range: next })}
        />
      </Choice>
      {format === 'csv' && (
        <Choice title={words.table}>
          <Segments
            label={words.table}
            value={table}
            options={EXPORT_TABLES.map((value) => ({ value, label: words.tables[value] }))}
            onChange={(next) => onChange({ table: next })}
          />
        </Choice>
      )}
      {format === 'cpuprofile' && threads.length > 1 && (
        <Choice title={words.thread}>
          <Select
            label={words.thread}
            value={thread}
            options={[{ value: '', label: words.busiest }, ...threads.map((name) => ({ value: name, label: clipText(name, 60) }))]}
            onChange={(next) => onChange({ thread: next })}
          />
        </Choice>
      )}
      <Choice title={words.parts}>
        <Parts open={open} without={without} onChange={(next) => onChange({ without: next })} />
      </Choice>
    </div>
  );
}

function Choice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** Each part with how much of it there is: that is what leaves. */
function Parts({
  open,
  without,
  onChange,
}: {
  readonly open: OpenTrace;
  readonly without: readonly ExportPart[];
  readonly onChange: (without: readonly ExportPart[]) => void;
}) {
  const record = useLaunchRecord(open.trace);
  const notes = useNotes(open.trace).length;
  const sources = useTraceQuery(open.trace, 'sources.totals', {}, 2000).value;
  const summary = traceState().summaries[open.trace];
  const hints: Readonly<Record<ExportPart, string>> = {
    launch: words.launchHint(clipText(record?.command.join(' ') ?? '', 80)),
    console: words.counts(summary?.consoleChunks ?? 0, 'piece'),
    counters: words.counts(summary?.counterSamples ?? 0, 'value'),
    objects: words.counts(summary?.snapshots ?? 0, 'snapshot'),
    arguments: words.argumentsHint,
    notes: words.counts(notes, 'note'),
    sources: sources ? words.sources(sources) : '',
  };
  return (
    <div className="export-parts">
      {(Object.keys(EXPORT_PARTS) as ExportPart[]).map((part) => (
        <Checkbox
          key={part}
          label={EXPORT_PARTS[part]}
          hint={hints[part]}
          checked={!without.includes(part)}
          onChange={(isIn) => onChange(isIn ? without.filter((each) => each !== part) : [...without, part])}
        />
      ))}
    </div>
  );
}

/** After the last choice, before the host is asked. */
const REST_MS = 250;

export function Preview({ question }: { readonly question: ExportQuestion & { readonly format: ExportFormat } }) {
  const { studio } = useClients();
  const [answer, setAnswer] = useState<{ readonly of: string; readonly preview?: ExportPreview; readonly problem?: string }>();
  const asked = JSON.stringify(question);
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      studio.request('export.preview', JSON.parse(asked) as ExportQuestion).then(
        (preview) => isWanted && setAnswer({ of: asked, preview }),
        (error: unknown) => {
          const { code, message } = error as { readonly code?: string; readonly message: string };
          if (isWanted && code !== 'preview-replaced') setAnswer({ of: asked, problem: message });
        },
      );
    }, REST_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [studio, asked]);
  const { preview, problem } = answer?.of === asked ? answer : {};
  return (
    <div className="export-preview">
      <p role="status">
        <span className="t3">{words.size}</span> <SizeText preview={preview} problem={problem} />
      </p>
      {preview && preview.notes.length > 0 && (
        <>
          <h3>{words.cannotHold}</h3>
          <ul className="export-notes">
            {preview.notes.slice(0, 8).map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
      {preview?.text !== undefined && preview.text !== '' && (
        <details className="export-begin">
          <summary>{words.begin}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
          <pre tabIndex={0}>{preview.text}</pre>
        </details>
      )}
    </div>
  );
}

function SizeText({ preview, problem }: { readonly preview: ExportPreview | undefined; readonly problem: string | undefined }) {
  if (problem !== undefined) return <span>{words.noSize(problem)}</span>;
  if (!preview) return <span className="t3">{words.measuring}</span>;
  return preview.bytes === undefined ? <span className="t2">{words.unknown}</span> : <b className="medium">{words.about(preview.bytes, preview.isExact)}</b>;
}
