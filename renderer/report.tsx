import { createRoot } from 'react-dom/client';
import { connectReport, ReportRoot } from './app/report-window.tsx';
import { reportWorkerCrash } from './app/start-window.tsx';
import { openReport } from './bridge/report.ts';
import './styles/base.css';

const place = document.getElementById('root');
if (!place) throw new Error('The report has no #root');

const report = openReport(reportWorkerCrash);
const trace = connectReport(report);
createRoot(place).render(<ReportRoot report={report} trace={trace} />);
