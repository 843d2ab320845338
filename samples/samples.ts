import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, parse } from 'node:path'
import { forEachConcurrently } from './concurrently.ts'
import { drawSample, sampleKinds } from './draw-sample.ts'

export { drawSample, sampleKinds, type Sample, type SampleRequest } from './draw-sample.ts'

export interface WriteSamplesOptions {
  readonly perKind: number
  readonly seed: number | string
  /** All kinds unless told otherwise. */
  readonly kinds?: readonly string[]
  readonly longEdge?: number | undefined
  /** How many are drawn at once; as many as there are processors unless told otherwise. */
  readonly atOnce?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: SamplesProgress) => void
}

export interface SamplesProgress {
  /** Pictures that are in place, those from an earlier run among them. */
  readonly done: number
  readonly total: number
}

/**
 * Writes `folder/KIND/KIND-001.jpg` and so on. A picture that is there already is kept as it is, whatever seed drew it,
 * so that a run that was stopped goes on where it stopped; no picture is ever there by half.
 * @returns how many pictures of this request lie in the folder
 * @throws the reason of `signal` once it is aborted
 */
export async function writeSamples(folder: string, options: WriteSamplesOptions): Promise<{ files: number }> {
  const { perKind, seed, kinds = sampleKinds, longEdge, signal, onProgress } = options
  const { atOnce = availableParallelism() } = options
  const unknown = kinds.find(kind => !sampleKinds.includes(kind))
  if (unknown !== undefined) throw new RangeError(`no sample pictures of the kind “${unknown}”`)
  const total = kinds.length * perKind
  const waiting: { kind: string; name: string }[] = []
  for (const kind of kinds) {
    signal?.throwIfAborted()
    await mkdir(join(folder, kind), { recursive: true })
    const present = await namesIn(join(folder, kind))
    for (let number = 1; number <= perKind; number++) {
      const name = `${kind}-${String(number).padStart(3, '0')}`
      if (!present.has(name)) waiting.push({ kind, name })
    }
  }
  let done = total - waiting.length
  onProgress?.({ done, total })
  await forEachConcurrently(waiting, atOnce, async ({ kind, name }) => {
    signal?.throwIfAborted()
    const { data, extension } = await drawSample({ kind, seed: `${seed}/${name}`, longEdge })
    await writeWhole(join(folder, kind, `${name}.${extension}`), data)
    done++
    onProgress?.({ done, total })
  })
  return { files: done }
}

/** Without their extensions, since the seed decides which format a picture gets. */
async function namesIn(folder: string): Promise<Set<string>> {
  const names = await readdir(folder)
  return new Set(names.filter(name => !name.startsWith('.')).map(name => parse(name).name))
}

async function writeWhole(path: string, data: Buffer): Promise<void> {
  const { dir, base } = parse(path)
  const temporary = join(dir, `.${base}.${process.pid}.part`)
  try {
    await writeFile(temporary, data)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
