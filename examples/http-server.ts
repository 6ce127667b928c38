// @title An HTTP server under load
// @description A small shop answers its own clients. Requests in flight, response times, memory, and the cart of one customer.
// @kind server
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getTracer, VizCounter, VizObject } from 'trace-studio';

interface Item {
  name: string;
  price: number;
  quantity: number;
}

const SECONDS = Number(process.argv[2] ?? 60);
const tracer = getTracer();
const requests = new VizCounter<{ inFlight: number; failed: number }>(tracer, 'requests');
const responseTime = new VizCounter<{ cart: number; search: number }>(tracer, 'response time ms');
const memory = new VizCounter<{ heapUsed: number; external: number }>(tracer, 'memory MB');
const cart = new VizObject<{ customer: string; items: Item[]; total: number; token: string }>(tracer, 'cart of Noor', { triggerOnChange: false });
requests.inFlight = 0;
requests.failed = 0;
cart.customer = 'Noor';
cart.items = [];
// Looks secret by its name: the recording holds a mask in its place.
cart.token = 'eyJhbGciOi.demo';

const GOODS: readonly [string, number][] = [
  ['pencil', 120],
  ['notebook', 480],
  ['lamp', 3900],
  ['chair', 12900],
];

function changeCart(): void {
  const [name, price] = GOODS[Math.floor(Math.random() * GOODS.length)] ?? ['pencil', 120];
  const item = cart.items.find((entry) => entry.name === name);
  if (cart.items.length > 3 && Math.random() < 0.5) cart.items.shift();
  else if (item) item.quantity += 1;
  else cart.items.push({ name, price, quantity: 1 });
  cart.total = cart.items.reduce((sum, entry) => sum + entry.price * entry.quantity, 0);
  cart.log();
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const began = performance.now();
  requests.inFlight += 1;
  const path = request.url === '/cart' ? 'cart' : 'search';
  const event = tracer?.logEvent(`GET /${path}`);
  // A search takes as long as the shop is full.
  const wait = path === 'cart' ? 5 + Math.random() * 15 : 10 + requests.inFlight * 4 + Math.random() * 30;
  setTimeout(() => {
    if (path === 'cart') changeCart();
    const failed = Math.random() < 0.02;
    if (failed) {
      requests.failed += 1;
      tracer?.logInstant('request failed', { path, status: 503 });
    }
    response.writeHead(failed ? 503 : 200, { 'content-type': 'application/json' }).end('{"ok":true}');
    requests.inFlight -= 1;
    responseTime[path] = performance.now() - began;
    event?.end();
  }, wait);
}

const server = createServer(answer).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`The shop is open on port ${port} for ${SECONDS} s.`);
  const customers = setInterval(() => {
    const busy = 1.3 + 0.7 * Math.sin(performance.now() / 2000);
    for (let n = Math.random() * 4 * busy; n > 1; n--) {
      get({ port, host: '127.0.0.1', path: Math.random() < 0.4 ? '/cart' : '/search', agent: false }, (reply) => reply.resume()).on('error', () => {});
    }
    const { heapUsed, external } = process.memoryUsage();
    memory.heapUsed = heapUsed / 1e6;
    memory.external = external / 1e6;
  }, 20);
  setTimeout(() => {
    clearInterval(customers);
    server.close(() => console.log('The shop is closed.'));
  }, SECONDS * 1000);
});
