import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    // The window comes from the disk or over loopback; what counts is the gzip size, which is far below.
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
  },
  // One classic script: the offline HTML report needs it, and file:// pages cannot start a module worker.
  worker: { format: 'iife' },
});
