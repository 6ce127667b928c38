export { DurationsPanel } from './durations-panel.tsx';
