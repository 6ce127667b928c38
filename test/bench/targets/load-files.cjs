// Loads the files that are named, and prints how long that took, as JSON.
const began = process.hrtime.bigint();
for (const file of process.argv.slice(2)) require(file);
process.stdout.write(`${JSON.stringify({ ms: Number(process.hrtime.bigint() - began) / 1e6 })}\n`);
