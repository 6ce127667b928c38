import { createRoot } from 'react-dom/client';
import { connectWindow, reportWorkerCrash, WindowRoot } from './app/start-window.tsx';
import { connectToHost } from './bridge/connect.ts';
import './styles/base.css';

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');

const { studio, traces } = connectToHost(reportWorkerCrash);
connectWindow(studio, traces);
createRoot(place).render(<WindowRoot studio={studio} traces={traces} />);
