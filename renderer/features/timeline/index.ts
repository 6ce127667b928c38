export { SlicesTable } from './slices-table.tsx';
export { TimelinePanel } from './timeline-panel.tsx';
