/** A page that is a report: the trace is inside of it, and there is no studio behind it. Nothing leaves the page. */
import { REPORT_ABOUT_ID, REPORT_RECORDING_ID, type ReportAbout } from '../../core/protocol/report-page.ts';
import TraceWorker from '../trace/trace-worker.ts?worker&inline';
import type { TraceClient } from '../trace/trace-worker-api.ts';
import type { ConnectedStudio } from './studio-client.ts';
import { createTraceClient } from './trace-client.ts';

export interface Report {
  readonly about: ReportAbout;
  readonly file: File;
  readonly studio: ConnectedStudio;
  readonly traces: TraceClient;
}

/** Letters of base64 that are decoded at once: a multiple of four. */
const LETTERS = 1024 * 1024;

export function openReport(onWorkerCrash: (message: string) => void): Report {
  const about = readAbout();
  return { about, file: embeddedFile(about.title), studio: nobody(), traces: createTraceClient(new TraceWorker({ name: 'trace' }), onWorkerCrash) };
}

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The report has no #${id}: it was cut.`);
  return found;
};

function readAbout(): ReportAbout {
  // Written by the studio beside the page's own code, and small.
  const told = JSON.parse(element(REPORT_ABOUT_ID).textContent ?? '{}') as Partial<ReportAbout>;
  return { title: told.title ?? 'report', statistics: told.statistics ?? [], notes: told.notes ?? [] };
}

/** The recording, out of the text of the page. Decoded in pieces, and the text is let go. */
function embeddedFile(title: string): File {
  const holder = element(REPORT_RECORDING_ID);
  const text = (holder.textContent ?? '').trim();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < text.length; at += LETTERS) parts.push(Uint8Array.from(atob(text.slice(at, at + LETTERS)), (letter) => letter.charCodeAt(0)));
  holder.textContent = '';
  return new File(parts, title);
}

/** In the place of the studio's services: settings are the defaults, and everything else is not there. */
function nobody(): ConnectedStudio {
  return {
    async request(method) {
      if (method === 'settings.get' || method === 'settings.set') return {} as never;
      throw new Error('This is a report: nothing can be run or saved from it.');
    },
    on: () => () => {},
    state: () => 'connected',
    onState: () => () => {},
    retry: () => {},
    reconnect: () => {},
  };
}
