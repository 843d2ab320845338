import { globSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { nativePackages } from '../../native/build-app.ts'
import { Cli } from '../support/cli.ts'
import { makeLibrary } from '../support/made-library.ts'

const root = join(import.meta.dirname, '..', '..')
const packages = [...nativePackages, '@img/*']

/** Addresses of telemetry collectors: Microsoft's (ONNX Runtime from 1.29 on), Sentry's, Google's. */
const collectors = /events\.data\.microsoft\.com|OneCollector|ingest\.sentry\.io|google-analytics\.com/

describe('privacy: nothing is ever sent anywhere', () => {
  const libraries = packages.flatMap(name =>
    globSync(`node_modules/${name}/**/*.{node,so,so.*,dll,dylib,wasm}`, { cwd: root }),
  )

  test('the native libraries are found', () =>
    expect(libraries.filter(file => file.includes('onnxruntime')).length).toBeGreaterThan(0))

  test.each(libraries)('%s contains no address of a collector', file => {
    const found = collectors.exec(readFileSync(join(root, file), 'latin1'))
    expect(found?.[0]).toBeUndefined()
  })

  test('an import leaves nothing outside the library: no identifier, no store of events', async () => {
    const made = await makeLibrary(1, false)
    onTestFinished(() => made.remove())
    const [home, temporary] = ['home', 'temporary'].map(name => join(made.folder, name))
    for (const folder of [home!, temporary!]) mkdirSync(folder)
    // Libraries with telemetry often turn it off if CI is set.
    const env = { HOME: home, TMPDIR: temporary, XDG_CACHE_HOME: undefined, CI: undefined }
    const { result } = await new Cli(made.libraryDir, { env }).index(made.photos)
    expect(result.photos).toBeGreaterThan(0)
    const kept = [home!, temporary!].flatMap(folder =>
      readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()),
    )
    // Kindred's own cache of compiled code.
    const code = join('Kindred', 'code')
    const strange = kept.filter(entry => !entry.parentPath.includes(code)).map(({ name }) => name)
    expect(strange).toEqual([])
  })
})
