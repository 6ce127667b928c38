import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import './tabs.css';

export interface TabItem {
  readonly value: string;
  readonly label: string;
  readonly count?: string | undefined;
  readonly content: ReactNode;
  /** Stays mounted while another tab is shown. */
  readonly keep?: boolean;
}

interface TabsProps {
  /** Name of the list for screen readers. */
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** At the right of the head. */
  readonly tools?: ReactNode;
}

export function Tabs({ label, items, value, onChange, tools }: TabsProps) {
  return (
    <Base.Root className="tabs" value={value} onValueChange={(next) => onChange(String(next))}>
      <div className="tabs-head">
        <Base.List className="tabs-list" aria-label={label}>
          {items.map((item) => (
            <Base.Tab key={item.value} className="tabs-tab" value={item.value}>
              {item.label}
              {item.count !== undefined && <span className="tabs-count">{item.count}</span>}
            </Base.Tab>
          ))}
        </Base.List>
        {tools && <div className="tabs-tools">{tools}</div>}
      </div>
      {items.map((item) => (
        <Base.Panel key={item.value} className="tabs-panel" value={item.value} keepMounted={item.keep ?? false}>
          {item.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
