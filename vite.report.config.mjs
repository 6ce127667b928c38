import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// One script and one style sheet: build.mjs puts them into one page.
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/report',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 2500,
    modulePreload: false,
    rolldownOptions: {
      input: 'renderer/report.tsx',
      // A classic script has none; what asks for it are parts that are loaded later, and a report is all one.
      transform: { define: { 'import.meta': '{}' } },
      output: { format: 'iife', entryFileNames: 'report.js', assetFileNames: '[name][extname]' },
    },
  },
  worker: { format: 'iife' },
});
