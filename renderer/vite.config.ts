import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** The interface is one page that runs from any base: from the loopback host and from Electron's own scheme. */
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2024',
    // Everything is a file of its own, so that the page's policy stays narrow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
