import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { roomZones } from './eslint.rooms.js'

export default defineConfig(
  {
    ignores: [
      '**/*.config.{js,ts}',
      'eslint.rooms.js',
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
  ...roomZones,
)
