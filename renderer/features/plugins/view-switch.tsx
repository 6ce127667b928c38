import type { TraceView } from '../../../core/protocol/studio-api.ts';
import { showTraceView, useTraceValue } from '../../state/trace-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Segments } from '../../widgets/index.ts';
import './view-switch.css';

/** Only where plugins changed the data: then there are two of it. */
export function ViewSwitch({ trace }: { readonly trace: TraceId }) {
  const view = useTraceValue(trace, (summary) => summary?.view);
  if (view === undefined) return null;
  return (
    <div className="view-switch">
      <span className="t2">{view === 'processed' ? 'Plugins changed this data.' : 'This is the data before plugins changed it.'}</span>
      <Segments<TraceView>
        label="Data"
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
