// Calls functions at a steady rate: arguments are call events (an enter and an exit each) per second, and seconds.
// What could not be called in its slot is made up for in the next, so that the total is exact.
const rate = Number(process.argv[2]);
const seconds = Number(process.argv[3]);
let sum = 0;
function leaf(value) {
  sum = (sum + value) % 65_521;
}
function pair(value) {
  leaf(value);
  leaf(value + 1);
}
function branch(value) {
  pair(value);
  pair(value + 2);
}
/** 8 calls. */
function tree(value) {
  branch(value);
}
const EVENTS = 16;
const began = performance.now();
let written = 0;
function slot() {
  const elapsed = Math.min((performance.now() - began) / 1000, seconds);
  const due = Math.floor(elapsed * rate);
  for (; written < due; written += EVENTS) tree(written);
  if (elapsed < seconds) setTimeout(slot, 2);
  else console.log(`wrote ${written} in ${((performance.now() - began) / 1000).toFixed(2)} s`);
}
slot();
