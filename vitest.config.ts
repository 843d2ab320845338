import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Unit tests are quick and run at every check; the others need more time or leave the process. */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // A busy machine is slow, not wrong.
    expect: { poll: { timeout: 60_000 } },
    // Programs that tests start would measure this machine at their side, and take over what tests do to the photos; the
    // tests of that say otherwise.
    env: { KINDRED_CPU_ONLY: '1', KINDRED_WATCH: '0', KINDRED_READ_METADATA: '0' },
    projects: [
      {
        extends: true,
        plugins: [svelte({ configFile: 'renderer/svelte.config.js' })],
        resolve: { conditions: ['browser'] },
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/{migrations,contract,system,parity,packaging,e2e}/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
