// Run by itself: speedscope's page in Chromium, from its address to a profile that is shown. Arguments: file, seconds to wait, path of a Chromium.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright';

const [file, seconds, executablePath] = process.argv.slice(2);
const pages = path.join(import.meta.dirname, 'node_modules/speedscope/dist/release');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };

const server = createServer((request, response) => {
  const name = new URL(request.url, 'http://localhost').pathname;
  const target = name === '/trace.json' ? file : path.join(pages, path.normalize(name));
  if (!existsSync(target)) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': types[path.extname(target)] ?? 'application/octet-stream', 'content-length': statSync(target).size });
  createReadStream(target).pipe(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
const began = performance.now();
let shown = false;
try {
  await page.goto(`${origin}/index.html#profileURL=${encodeURIComponent(`${origin}/trace.json`)}`);
  await page.waitForFunction(() => /Time Order/i.test(document.body.textContent), null, { timeout: seconds * 1000, polling: 50 });
  shown = true;
} catch {
  // Said by `shown`.
}
console.log(JSON.stringify({ ms: performance.now() - began, shown }));
await browser.close();
server.close();
