export { type Dropped, understandDrop } from './dropped.ts';
export { FilePickerProvider } from './file-picker.tsx';
export { LocateDialog } from './locate-dialog.tsx';
