export { FunctionsPanel } from './functions-panel.tsx';
