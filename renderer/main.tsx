import { startWindow } from './app/start-window.tsx';
import { connectToHost } from './bridge/connect.ts';
import { toast } from './widgets/index.ts';

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');

const { studio, traces } = connectToHost((message) =>
  toast({ tone: 'error', key: 'worker', title: message, text: 'Reload the window. The run and its recording are not touched.' }),
);
startWindow(place, studio, traces);
