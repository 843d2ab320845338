import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
export default defineConfig({
  root: '/work/main',
  plugins: [svelte({ configFile: '/work/main/renderer/svelte.config.js' })],
  test: { include: ['test/unit/renderer/**/*.test.ts'] },
})
