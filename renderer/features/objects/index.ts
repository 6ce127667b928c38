export { ObjectInspector } from './object-inspector.tsx';
export { ObjectList } from './object-list.tsx';
export { stepToChange } from './step-to-change.ts';
