// Writes the wall clock (milliseconds of the minute) every 100 ms, so that the window can tell how old what it shows is.
import { getTracer, VizCounter } from 'trace-studio';

const clock = new VizCounter(getTracer(), 'clock');
const ends = Date.now() + Number(process.argv[2] ?? 30) * 1000;
const timer = setInterval(() => {
  clock.ms = Date.now() % 60_000;
  if (Date.now() > ends) clearInterval(timer);
}, 100);
