/** Panels with a line between them that can be dragged, or moved with the arrow keys. Sizes in CSS pixels. */
import type { ReactNode } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import './split-pane.css';

interface SplitPaneProps {
  readonly id: string;
  readonly orientation: 'horizontal' | 'vertical';
  readonly children: ReactNode;
}

export function SplitPane({ id, orientation, children }: SplitPaneProps) {
  return (
    <Group id={id} orientation={orientation} resizeTargetMinimumSize={{ fine: 8, coarse: 24 }}>
      {children}
    </Group>
  );
}

interface PaneProps {
  readonly id: string;
  /** Pixels; the pane keeps them when the window is resized. Left out: the pane takes the rest. */
  readonly size?: number | undefined;
  readonly min?: number;
  readonly max?: number;
  /** After the user has let go of the line. */
  readonly onSize?: (pixels: number) => void;
  readonly children: ReactNode;
}

export function Pane({ id, size, min, max, onSize, children }: PaneProps) {
  return (
    <Panel
      id={id}
      className="split-panel"
      {...(size !== undefined && { defaultSize: size, groupResizeBehavior: 'preserve-pixel-size' as const })}
      {...(min !== undefined && { minSize: min })}
      {...(max !== undefined && { maxSize: max })}
      {...(onSize && { onResize: (now: { readonly inPixels: number }) => onSize(Math.round(now.inPixels)) })}
    >
      {children}
    </Panel>
  );
}

export const SplitLine = ({ label }: { readonly label: string }) => <Separator className="split-line" aria-label={label} />;
