import type { TraceView } from '../../../core/protocol/studio-api.ts';
import { showTraceView, useTraceValue } from '../../state/trace-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Segments } from '../../widgets/index.ts';
import './view-switch.css';
import { words } from './words.ts';

/** Only where plugins changed the data: then there are two of it. */
export function ViewSwitch({ trace }: { readonly trace: TraceId }) {
  const view = useTraceValue(trace, (summary) => summary?.view);
  if (view === undefined) return null;
  return (
    <div className="view-switch">
      <span className="t2">{view === 'processed' ? words.viewProcessed : words.viewRaw}</span>
      <Segments<TraceView>
        label={words.data}
        value={view}
        options={[
          { value: 'processed', label: 'Processed by plugins' },
          { value: 'raw', label: 'As recorded' },
        ]}
        onChange={(next) => showTraceView(trace, next)}
      />
    </div>
  );
}
