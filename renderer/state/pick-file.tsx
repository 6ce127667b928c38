import { createContext, type ReactNode, useContext } from 'react';
import type { FilePurpose } from '../../core/protocol/studio-api.ts';

export interface OpenQuestion {
  readonly purpose: FilePurpose;
  readonly title: string;
  readonly folder?: string;
}
export interface SaveQuestion {
  readonly title: string;
  readonly suggestedName: string;
  /** Without the dot. */
  readonly extension: string;
  readonly folder?: string;
}

/** Asks the user for a path: a native dialog in Electron, the studio's own panel in a browser. Undefined: cancelled. */
export interface FilePicker {
  open(question: OpenQuestion): Promise<string | undefined>;
  save(question: SaveQuestion): Promise<string | undefined>;
}

const PickerContext = createContext<FilePicker | undefined>(undefined);
export const FilePickerContext = ({ picker, children }: { readonly picker: FilePicker; readonly children: ReactNode }) => (
  <PickerContext value={picker}>{children}</PickerContext>
);

export function useFilePicker(): FilePicker {
  const picker = useContext(PickerContext);
  if (!picker) throw new Error('useFilePicker outside of FilePickerContext');
  return picker;
}
