import { Menu as Base } from '@base-ui/react/menu';
import { Menubar as BaseMenubar } from '@base-ui/react/menubar';
import { Check, type LucideIcon } from 'lucide-react';
import { Fragment, type ReactElement } from 'react';
import { Icon } from './icon.tsx';
import { keyText } from './kbd.tsx';
import './menu.css';
import { words } from './words.ts';

export type MenuEntry =
  | {
      readonly kind?: 'item';
      readonly label: string;
      readonly icon?: LucideIcon;
      /** "Ctrl+O". Shown only; the key is bound by the shortcuts. */
      readonly keys?: string;
      readonly meta?: string;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      readonly onSelect: () => void;
    }
  | { readonly kind: 'line' }
  | { readonly kind: 'title'; readonly label: string }
  | {
      readonly kind: 'radio';
      readonly label: string;
      readonly value: string;
      readonly options: readonly { readonly value: string; readonly label: string }[];
      readonly onSelect: (value: string) => void;
    }
  | {
      readonly kind: 'check';
      readonly label: string;
      readonly checked: boolean;
      readonly keys?: string;
      readonly disabled?: boolean;
      readonly onSelect: (checked: boolean) => void;
    };

function Entries({ entries }: { readonly entries: readonly MenuEntry[] }) {
  // Beside entries that can be ticked the words of the others begin where theirs do.
  const hasTicks = entries.some(({ kind }) => kind === 'check' || kind === 'radio');
  return entries.map((entry, index) => {
    const key = `${index}`;
    if (entry.kind === 'line') return <Base.Separator key={key} className="menu-line" />;
    if (entry.kind === 'title') {
      return (
        <div key={key} className="menu-title">
          {entry.label}
        </div>
      );
    }
    if (entry.kind === 'check') {
      return (
        <Base.CheckboxItem
          key={key}
          className="menu-item"
          checked={entry.checked}
          disabled={entry.disabled ?? false}
          onCheckedChange={entry.onSelect}
          closeOnClick
        >
          <span className="menu-item-tick">
            <Base.CheckboxItemIndicator>
              <Icon of={Check} />
            </Base.CheckboxItemIndicator>
          </span>
          <span className="menu-item-text">{entry.label}</span>
          {entry.keys !== undefined && <span className="menu-item-keys">{keyText(entry.keys)}</span>}
        </Base.CheckboxItem>
      );
    }
    if (entry.kind === 'radio') {
      return (
        <Base.RadioGroup key={key} aria-label={entry.label} value={entry.value} onValueChange={(value: string) => entry.onSelect(value)}>
          {entry.options.map((option) => (
            <Base.RadioItem key={option.value} className="menu-item" value={option.value} closeOnClick>
              <span className="menu-item-tick">
                <Base.RadioItemIndicator>
                  <Icon of={Check} />
                </Base.RadioItemIndicator>
              </span>
              <span className="menu-item-text">{option.label}</span>
            </Base.RadioItem>
          ))}
        </Base.RadioGroup>
      );
    }
    return (
      <Fragment key={key}>
        <Base.Item className={`menu-item ${entry.danger ? 'menu-item-danger' : ''}`} disabled={entry.disabled ?? false} onClick={entry.onSelect}>
          {entry.icon ? <Icon of={entry.icon} /> : hasTicks && <span className="menu-item-tick" />}
          <span className="menu-item-text">{entry.label}</span>
          {entry.meta !== undefined && <span className="menu-item-meta">{entry.meta}</span>}
          {entry.keys !== undefined && <span className="menu-item-keys">{keyText(entry.keys)}</span>}
        </Base.Item>
      </Fragment>
    );
  });
}

interface PopupProps {
  readonly entries: readonly MenuEntry[];
  readonly align: 'start' | 'end';
  readonly label?: string;
  readonly at?: MenuPoint | undefined;
}

// It lies outside all that is on the page: a region of its own, so that nothing is outside of one.
const Popup = ({ entries, align, label, at }: PopupProps) => (
  <Base.Portal render={<section aria-label={words.menu} />}>
    <Base.Positioner
      className="menu-layer"
      sideOffset={4}
      align={align}
      collisionPadding={8}
      {...(at && { anchor: { getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) } })}
    >
      <Base.Popup className="menu" {...(label !== undefined && { 'aria-label': label })}>
        <Entries entries={entries} />
      </Base.Popup>
    </Base.Positioner>
  </Base.Portal>
);

interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly entries: readonly MenuEntry[];
  readonly align?: 'start' | 'end';
  /** With `onOpen` it opens without its button too: where the right mouse button was pressed. */
  readonly open?: boolean;
  readonly onOpen?: (open: boolean) => void;
  readonly at?: MenuPoint | undefined;
}

/** In the window. */
export interface MenuPoint {
  readonly x: number;
  readonly y: number;
}

export function Menu({ trigger, entries, align = 'start', open, onOpen, at }: MenuProps) {
  return (
    <Base.Root modal={false} {...(open !== undefined && { open })} {...(onOpen && { onOpenChange: onOpen })}>
      <Base.Trigger render={trigger} />
      <Popup entries={entries} align={align} at={at} />
    </Base.Root>
  );
}

interface PointMenuProps {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly at: MenuPoint;
  readonly onClose: () => void;
}

/** A menu of what lies at a point: of the right mouse button, or of the key that stands for it. What had the focus has it again afterwards. */
export function PointMenu({ label, entries, at, onClose }: PointMenuProps) {
  return (
    <Base.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <Popup entries={entries} align="start" label={label} at={at} />
    </Base.Root>
  );
}

/** The keys that stand for the right mouse button. */
export const isMenuKey = ({ key, shiftKey }: { readonly key: string; readonly shiftKey: boolean }): boolean =>
  key === 'ContextMenu' || (shiftKey && key === 'F10');

export interface MenubarMenu {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
}

export function Menubar({ label, menus }: { readonly label: string; readonly menus: readonly MenubarMenu[] }) {
  return (
    <BaseMenubar className="menubar" aria-label={label} modal={false}>
      {menus.map((menu) => (
        <Base.Root key={menu.label}>
          <Base.Trigger className="menubar-item">{menu.label}</Base.Trigger>
          <Popup entries={menu.entries} align="start" />
        </Base.Root>
      ))}
    </BaseMenubar>
  );
}
