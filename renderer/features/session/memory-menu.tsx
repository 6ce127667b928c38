/** What a trace keeps in memory of its details, and how much it may be. Whatever is beyond it is read again from the file when it is looked at. */
import { MemoryStick } from 'lucide-react';
import { memoryChoices, memoryWords } from '../../state/memory-choices.ts';
import { changeSettings, useSettings } from '../../state/settings-store.ts';
import { useCalmValue } from '../../state/use-calm-summary.ts';
import { formatBytes } from '../../state/words.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Icon, Menu, type MenuEntry } from '../../widgets/index.ts';
import { words } from './words.ts';

const MEGABYTE = 2 ** 20;

export function MemoryMenu({ trace }: { readonly trace: TraceId }) {
  const { used, budget } = useCalmValue(trace, (summary) => ({ used: summary?.memory.usedBytes ?? 0, budget: summary?.memory.budgetBytes ?? 0 }));
  const { traceMemory } = useSettings();
  if (budget === 0) return null;
  const entries: readonly MenuEntry[] = [
    { kind: 'title', label: words.memoryTitle },
    {
      kind: 'radio',
      label: words.memoryTitle,
      value: `${traceMemory}`,
      options: memoryChoices(traceMemory),
      onSelect: (value) => changeSettings({ traceMemory: Number(value) }),
    },
  ];
  const most = memoryWords(Math.round(budget / MEGABYTE));
  // A budget is counted in powers of two, and so is what is used of it: 2 GB of 2 GB must not read as 2.1.
  const usedWords = formatBytes((used / MEGABYTE) * 1e6);
  const inMemory = words.inMemory(usedWords, most);
  return (
    <Menu
      align="end"
      entries={entries}
      trigger={
        <button type="button" className="status-item status-button narrow-off" aria-label={words.memoryChange(inMemory)} title={words.memoryBeyond(inMemory)}>
          <Icon of={MemoryStick} size="xs" />
          {words.usedOf(usedWords, most)}
        </button>
      }
    />
  );
}
