export { AttachDialog } from './attach-dialog.tsx';
