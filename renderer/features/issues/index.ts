export { IssuesCount, IssuesPanel } from './issues-panel.tsx';
