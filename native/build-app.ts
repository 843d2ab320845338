/**
 * @file `npm run build`: bundles main and preload for Electron, and the engine as plain JavaScript for the Node that
 * ships with the app. Vite builds the page.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InputOptions, type OutputOptions } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const electron = join(root, 'electron')

/** Packages that are not bundled, because they have native code or load files of their own. */
export const nativePackages = [
  'better-sqlite3',
  'sharp',
  'onnxruntime-node',
  'faiss-node',
  // Replaceable by the person, as its licence asks.
  'libheif-js',
  '@jsquash/jxl',
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-layers',
] as const

const isNative = (id: string): boolean =>
  nativePackages.some(name => id === name || id.startsWith(`${name}/`))

export interface Bundle {
  readonly name: string
  readonly input: InputOptions
  readonly output: OutputOptions & { readonly dir: string }
}

/** The engine's entries: its hosts, and its threads (`*.worker.ts`), each of which starts from its own file. */
export function engineEntries(): Record<string, string> {
  const engine = join(electron, 'engine')
  const hosts = ['child', 'cli', 'serve-engine']
    .map(name => join(electron, 'hosts', `${name}.ts`))
    .filter(existsSync)
  const threads = readdirSync(engine, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.worker.ts'))
    .map(name => join(engine, name))
  return Object.fromEntries([...hosts, ...threads].map(file => [basename(file, '.ts'), file]))
}

export function bundles(dist = join(root, 'dist')): Bundle[] {
  const shared = { comments: { legal: true, annotation: false, jsdoc: false } } as const
  return [
    {
      name: 'main',
      input: { input: join(electron, 'main', 'main.ts'), platform: 'node', external: ['electron', /^node:/] },
      output: { ...shared, dir: join(dist, 'main'), format: 'esm', codeSplitting: false },
    },
    {
      // A sandboxed preload is one CommonJS script.
      name: 'preload',
      input: { input: join(electron, 'preload', 'preload.ts'), platform: 'node', external: ['electron'] },
      output: {
        ...shared,
        dir: join(dist, 'preload'),
        format: 'cjs',
        codeSplitting: false,
        entryFileNames: '[name].cjs',
      },
    },
    {
      // One flat folder: a worker's file must lie beside the module that starts it, and package.json and resources two
      // folders above, as in the sources.
      name: 'engine',
      input: { input: engineEntries(), platform: 'node', external: id => isNative(id) },
      output: {
        ...shared,
        dir: join(dist, 'engine'),
        format: 'esm',
        entryFileNames: '[name].js',
        chunkFileNames: 'shared-[hash].js',
      },
    },
  ]
}

export async function buildApp(dist?: string): Promise<void> {
  const { target } = (
    JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as { compilerOptions: { target: string } }
  ).compilerOptions
  for (const { name, input, output } of bundles(dist)) {
    rmSync(output.dir, { recursive: true, force: true })
    const { output: files } = await build({
      ...input,
      cwd: root,
      transform: { target: target.toLowerCase() },
      output: { ...output, sourcemap: false },
    })
    console.log(`${name}: ${files.map(file => file.fileName).join(' ')}`)
  }
}

if (import.meta.main) await buildApp()
