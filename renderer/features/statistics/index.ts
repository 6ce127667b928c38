export { StatisticsPanel } from './statistics-panel.tsx';
