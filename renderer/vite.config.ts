import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The interface is one page that runs from any base: from the loopback host and from Electron's own scheme. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [svelte({ configFile: fileURLToPath(new URL('svelte.config.js', import.meta.url)) })],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2024',
    // The page's policy allows pictures as data, but one kind of asset less is one surprise less.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
