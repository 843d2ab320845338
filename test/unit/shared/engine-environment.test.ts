import { expect, test } from 'vitest'
import { engineSettings } from '../../../electron/shared/engine-environment.ts'

test('engine environment: has its settings, unless others are set already', () => {
  expect(engineSettings({}, '/c')).toEqual({ MALLOC_ARENA_MAX: '2', NODE_COMPILE_CACHE: '/c' })
  expect(engineSettings({ MALLOC_ARENA_MAX: '8', NODE_COMPILE_CACHE: '/own' }, '/c')).toEqual({
    MALLOC_ARENA_MAX: '8',
    NODE_COMPILE_CACHE: '/own',
  })
  expect(engineSettings({ NODE_DISABLE_COMPILE_CACHE: '1' }, '/c')).toEqual({ MALLOC_ARENA_MAX: '2' })
})
