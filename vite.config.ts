/** Builds the page into `dist/page`: `vite build`, and with it `npm run build`. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  root: resolve('src/page'),
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve('dist/page'),
    emptyOutDir: true,
    target: 'es2023',
    // The page's policy allows nothing inline, and no data: address either.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // How long a plugin took says something of the machine only.
    rolldownOptions: { checks: { pluginTimings: false, bundlerTimings: false } },
  },
});
