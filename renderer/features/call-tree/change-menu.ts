/** What can be done with a function of the tree, as entries of a menu: the same in the tree and in the flame graph. */
import { Crosshair, Layers, ListTree } from 'lucide-react';
import { addTreeChange, setFlameMode, setSandwich } from '../../state/call-tree-store.ts';
import { showPanel } from '../../state/panel-store.ts';
import type { NameInfo, TraceId } from '../../trace/trace-worker-api.ts';
import type { MenuEntry } from '../../widgets/index.ts';
import type { TreePath } from './tree-rows.ts';
import { words } from './words.ts';

export interface ChosenNode {
  readonly name: number;
  /** Undefined: of a function wherever it is called, or of a tree that is turned round. */
  readonly path: TreePath | undefined;
  readonly about: NameInfo | undefined;
}

interface Actions {
  readonly onLongest: () => void;
  readonly onSandwich: () => void;
  /** Absent: there is nothing to open. */
  readonly onOpenAll?: (() => void) | undefined;
}

export function changeEntries(trace: TraceId, { name, path, about }: ChosenNode, { onLongest, onSandwich, onOpenAll }: Actions): MenuEntry[] {
  const text = about?.text ?? '';
  const file = about?.file ?? '';
  const { changeMenu, changed } = words;
  const byName = (kind: 'focus' | 'merge' | 'collapse' | 'collapse-recursion' | 'drop'): MenuEntry => ({
    label: changeMenu[kind],
    onSelect: () => addTreeChange(trace, { transform: { kind, name }, text: changed[kind](text) }),
  });
  return [
    { kind: 'title', label: text === '' ? words.unnamed : text.slice(0, 60) },
    { label: changeMenu.longest, icon: Crosshair, onSelect: onLongest },
    { label: changeMenu.sandwich, icon: Layers, onSelect: onSandwich },
    ...(onOpenAll ? [{ label: changeMenu.openAll, icon: ListTree, onSelect: onOpenAll }] : []),
    { kind: 'line' },
    byName('focus'),
    ...(path && path.length > 1
      ? [
          {
            label: changeMenu['focus-path'],
            onSelect: () => addTreeChange(trace, { transform: { kind: 'focus-path', path }, text: changed['focus-path'](text) }),
          } satisfies MenuEntry,
        ]
      : []),
    { kind: 'line' },
    byName('collapse'),
    byName('collapse-recursion'),
    byName('merge'),
    ...(file === ''
      ? []
      : [
          {
            label: changeMenu['merge-file'],
            onSelect: () => addTreeChange(trace, { transform: { kind: 'merge-file', name }, text: changed['merge-file'](file) }),
          } satisfies MenuEntry,
        ]),
    byName('drop'),
  ];
}

/** The sandwich of a function is in the flame graph. */
export function showSandwich(trace: TraceId, name: number): void {
  setSandwich(trace, name);
  setFlameMode(trace, 'sandwich');
  showPanel('flame');
}
