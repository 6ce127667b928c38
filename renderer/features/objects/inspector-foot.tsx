/** Below the value: what is chosen, from change to change of it, and copies. */
import { Braces, ChevronsLeft, ChevronsRight, Copy } from 'lucide-react';
import { clipText } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { showObjectSide } from '../../state/object-steps.ts';
import type { FieldGraph, FieldPath, ObjectInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { Button, copyText, IconButton, toast, toastProblem } from '../../widgets/index.ts';
import { stepToChange } from './step-to-change.ts';
import { pathText } from './value-rows.ts';
import { words } from './words.ts';

interface InspectorFootProps {
  readonly trace: TraceId;
  readonly info: ObjectInfo;
  readonly field: FieldPath | undefined;
  readonly graph: FieldGraph | undefined;
  /** Of the snapshot that is shown. */
  readonly index: number | undefined;
}

export function InspectorFoot({ trace, info, field, graph, index }: InspectorFootProps) {
  const { traces } = useClients();
  const path = field ? pathText(field) : '';
  const fullPath = joinPath(info.name, path);
  const copyJson = () => {
    if (index === undefined) return;
    traces.request('objects.json', { trace, object: info.id, index, path: field ?? [] }).then(
      (json) => (json === null ? toast({ tone: 'info', title: words.jsonGone }) : copyText(json, words.jsonCopied(path))),
      (error: unknown) => toastProblem(error, words.notCopied),
    );
  };
  return (
    <div className="inspector-foot">
      <span className="inspector-path" title={clipText(fullPath)}>
        {clipText(path || info.name, 200)}
      </span>
      {field && graph && (
        <>
          <IconButton icon={ChevronsLeft} size="s" label={words.changeBefore(path)} keys="Shift+ArrowLeft" onClick={() => stepToChange(traces, trace, true)} />
          <Button kind="quiet" size="s" className="inspector-history" onClick={() => showObjectSide(trace, 'history')}>
            {words.changes(changesOf(graph))}
          </Button>
          <IconButton
            icon={ChevronsRight}
            size="s"
            label={words.changeAfter(path)}
            keys="Shift+ArrowRight"
            onClick={() => stepToChange(traces, trace, false)}
          />
        </>
      )}
      <IconButton icon={Copy} size="s" label={words.copyPath} onClick={() => copyText(fullPath, words.pathCopied)} />
      <IconButton icon={Braces} size="s" label={words.copyJson} disabled={index === undefined} onClick={copyJson} />
    </div>
  );
}

/** The value that it begins with is no change. */
const changesOf = ({ values, ticks, firstNs }: FieldGraph): number => (values > 0 && ticks[0] === firstNs ? values - 1 : values);

const joinPath = (name: string, path: string): string => (path === '' || path.startsWith('[') ? `${name}${path}` : `${name}.${path}`);
