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

/** Rejects with `file-exists` where a file is in the way and `replace` is false. */
export type WriteTo = (path: string, replace: boolean) => Promise<void>;

/** Asks the user for a path: a native dialog in Electron, the studio's own panel in a browser. */
export interface FilePicker {
  /** Undefined: cancelled. */
  open(question: OpenQuestion): Promise<string | undefined>;
  /**
   * Asks where to write, and has it written. Whether a file is in the way is asked once: by the native dialog, which knows the
   * disk, else by the panel when the host refuses. A failure is shown in the panel where the path was typed; from a native
   * dialog it rejects. False: cancelled.
   */
  save(question: SaveQuestion, write: WriteTo): Promise<boolean>;
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
