export { CallTreePanel } from './call-tree-panel.tsx';
export { FlamePanel } from './flame-panel.tsx';
