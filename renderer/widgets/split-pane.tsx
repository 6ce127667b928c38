/** Panels with a line between them that can be dragged, or moved with the arrow keys. Sizes in CSS pixels. */
import type { ReactNode } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import './split-pane.css';

interface SplitPaneProps {
  readonly id: string;
  readonly orientation: 'horizontal' | 'vertical';
  /** The user has moved a line: sizes of the panes in pixels, by their ids. Not called when the window is resized. */
  readonly onResized?: (sizes: Readonly<Record<string, number>>) => void;
  readonly children: ReactNode;
}

export function SplitPane({ id, orientation, onResized, children }: SplitPaneProps) {
  return (
    <Group
      id={id}
      orientation={orientation}
      resizeTargetMinimumSize={{ fine: 8, coarse: 24 }}
      onLayoutChanged={(layout, about) => {
        if (about.isUserInteraction) onResized?.(Object.fromEntries(Object.keys(layout).map((pane) => [pane, sizeOf(pane, orientation)])));
      }}
    >
      {children}
    </Group>
  );
}

function sizeOf(pane: string, orientation: SplitPaneProps['orientation']): number {
  const box = document.getElementById(pane)?.getBoundingClientRect();
  return Math.round((orientation === 'horizontal' ? box?.width : box?.height) ?? 0);
}

interface PaneProps {
  readonly id: string;
  /** Pixels; the pane keeps them when the window is resized. Left out: the pane takes the rest. */
  readonly size?: number | undefined;
  readonly min?: number;
  readonly max?: number;
  readonly children: ReactNode;
}

export function Pane({ id, size, min, max, children }: PaneProps) {
  return (
    <Panel
      id={id}
      className="split-panel"
      {...(size !== undefined && { defaultSize: size, groupResizeBehavior: 'preserve-pixel-size' as const })}
      {...(min !== undefined && { minSize: min })}
      {...(max !== undefined && { maxSize: max })}
    >
      {children}
    </Panel>
  );
}

export const SplitLine = ({ label }: { readonly label: string }) => <Separator className="split-line" aria-label={label} />;
