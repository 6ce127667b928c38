// Calls without end, as fast as they can be recorded; prints how long it took, as JSON.
const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
const began = process.hrtime.bigint();
for (let round = 0; round < 10; round++) fib(27);
process.stdout.write(`${JSON.stringify({ seconds: Number(process.hrtime.bigint() - began) / 1e9 })}\n`);
