/** What a trace keeps in memory of its details, and how much it may be. Whatever is beyond it is read again from the file when it is looked at. */
import { MemoryStick } from 'lucide-react';
import { changeSettings, useSettings } from '../../state/settings-store.ts';
import { useCalmValue } from '../../state/use-calm-summary.ts';
import { formatBytes } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Icon, Menu, type MenuEntry } from '../../widgets/index.ts';

const MEGABYTE = 2 ** 20;
const CHOICES = [64, 128, 256, 512, 1024, 2048, 4096];

export function MemoryMenu({ trace }: { readonly trace: TraceId }) {
  const { used, budget } = useCalmValue(trace, (summary) => ({ used: summary?.memory.usedBytes ?? 0, budget: summary?.memory.budgetBytes ?? 0 }));
  const { traceMemory } = useSettings();
  if (budget === 0) return null;
  // One that was written into the settings by hand is a choice as well.
  const choices = traceMemory === 0 || CHOICES.includes(traceMemory) ? CHOICES : [...CHOICES, traceMemory].sort((a, b) => a - b);
  const entries: readonly MenuEntry[] = [
    { kind: 'title', label: 'Memory for the details of a trace' },
    {
      kind: 'radio',
      label: 'Memory for the details of a trace',
      value: `${traceMemory}`,
      options: [{ value: '0', label: 'As the machine allows' }, ...choices.map((megabytes) => ({ value: `${megabytes}`, label: sizeWords(megabytes) }))],
      onSelect: (value) => changeSettings({ traceMemory: Number(value) }),
    },
  ];
  const words = `Details in memory: ${formatBytes(used)} of ${sizeWords(Math.round(budget / MEGABYTE))}`;
  return (
    <Menu
      align="end"
      entries={entries}
      trigger={
        <button
          type="button"
          className="status-item status-button narrow-off"
          aria-label={`${words}. Change.`}
          title={`${words}. What is beyond it is read again from the file.`}
        >
          <Icon of={MemoryStick} size="xs" />
          {formatBytes(used)} of {sizeWords(Math.round(budget / MEGABYTE))}
        </button>
      }
    />
  );
}

const sizeWords = (megabytes: number): string => (megabytes >= 1024 && megabytes % 1024 === 0 ? `${megabytes / 1024} GB` : `${megabytes} MB`);
