// Writes counters at a steady rate: arguments are events per second and seconds.
// What could not be written in its slot is made up for in the next, so that the total is exact.
const { getTracer, VizCounter } = require('trace-studio');
const rate = Number(process.argv[2]);
const seconds = Number(process.argv[3]);
const counter = new VizCounter(getTracer(), 'load');
const began = performance.now();
let written = 0;
function slot() {
  const elapsed = Math.min((performance.now() - began) / 1000, seconds);
  const due = Math.floor(elapsed * rate);
  for (; written < due; written++) counter.value = written % 1000;
  if (elapsed < seconds) setTimeout(slot, 2);
  else console.log(`wrote ${written} in ${((performance.now() - began) / 1000).toFixed(2)} s`);
}
slot();
