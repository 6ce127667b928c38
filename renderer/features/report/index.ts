export { StatisticsTable } from './statistics-table.tsx';
