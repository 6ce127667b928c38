export { CounterList } from './counter-list.tsx';
export { CounterPanels } from './counter-panels.tsx';
