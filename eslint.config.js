import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** What a zone of the architecture may not import: shared ← engine, samples ← hosts; only main and preload know Electron. */
const zone = (files, forbidden) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: forbidden }] },
})
const noElectron = {
  regex: '^electron($|/)',
  message: 'Only electron/main and electron/preload may import electron.',
}
const noNode = { regex: '^node:', message: 'This code runs anywhere: no node: modules.' }
const noHosts = { regex: '/(hosts|main|preload)/', message: 'The engine knows nothing of its hosts.' }
const noEngine = { regex: '/engine/', message: 'Reach the engine through the contract.' }
const noRenderer = { regex: '/renderer/', message: 'The renderer is reached through the contract only.' }
const noSamples = { regex: '/samples/', message: 'Only hosts and the build draw samples.' }
const sharedOnly = {
  regex: '/(electron/(?!shared/)|native/|renderer/)',
  message: 'Samples import electron/shared and packages only.',
}
const noTests = { regex: '/test/', message: 'Product code never imports test code.' }

export default defineConfig(
  {
    ignores: [
      '**/*.config.{js,ts}',
      '**/*.{cjs,mjs}',
      'node_modules',
      'dist',
      'native/build',
      'test/output',
      'coverage',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$' }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['electron/hosts/**', 'native/**', 'samples/**', 'test/**'], rules: { 'no-console': 'off' } },
  { files: ['test/**'], rules: { '@typescript-eslint/require-await': 'off' } },
  zone(['electron/shared/**'], [noElectron, noNode, noHosts, noEngine, noRenderer, noSamples, noTests]),
  zone(['electron/engine/**'], [noElectron, noHosts, noRenderer, noSamples, noTests]),
  zone(['electron/hosts/**'], [noElectron, noRenderer, noTests]),
  zone(['electron/main/**'], [noEngine, noRenderer, noSamples, noTests]),
  zone(['electron/preload/**'], [noEngine, noNode, noRenderer, noSamples, noTests]),
  zone(['renderer/**'], [noElectron, noNode, noHosts, noEngine, noSamples, noTests]),
  zone(['samples/**'], [noElectron, sharedOnly, noTests]),
  zone(['native/**'], [noElectron, noHosts, noEngine, noRenderer, noSamples, noTests]),
)
