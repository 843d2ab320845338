import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import sharp from 'sharp'
import '../../electron/hosts/thread-pool.ts'
import { compareImport } from '../../electron/engine/diagnostics/bench/import-bench.ts'
import { openEngine, type Engine } from '../../electron/engine/engine.ts'
import { openImage } from '../../electron/engine/media/decoders/open-image.ts'
import { resourcesDir } from '../../electron/hosts/default-folders.ts'
import { writePhoneLibrary } from '../support/phone-library.ts'

/**
 * @file Import of a mixture of JPEG, HEIC, RAW and others (a number, default 1000) as a ratio to a bare loop that decodes
 * and resizes the same files; of the HEIC alone; and what reading the rest of the metadata in the background takes.
 * Needs `heif-enc` of libheif (Debian: libheif-examples) to make the files.
 */
const AIM = 0.85

const [wish = '1000'] = process.argv.slice(2)
const scratch = await mkdtemp(join(tmpdir(), 'kindred-bench-'))
try {
  const photos = join(scratch, 'photos')
  const { counts } = await writePhoneLibrary(photos, Number(wish))
  console.log(
    Object.entries(counts)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
  )
  const ratio = await compare('all', photos)
  await readTheRest('all')
  await compare('HEIC alone', join(photos, 'heic'))
  console.log(`ratio of elapsed time, all: ${ratio.toFixed(2)}, aim ${AIM}`)
} finally {
  await rm(scratch, { recursive: true, force: true })
}

/** What sharp reads is decoded by sharp alone, all else by the decoder that the import uses. */
async function decodeBare(file: string, size: number): Promise<unknown> {
  if (/^\.(jpe?g|png|webp|tif)$/.test(extname(file))) return sharp(file).resize(size, size).raw().toBuffer()
  const opened = await openImage(await readFile(file))
  const { image } = await opened.pixels(size)
  return image.resize(size, size).raw().toBuffer()
}

async function compare(name: string, folder: string): Promise<number> {
  const open = (): Promise<Engine> => openLibrary(name)
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50)
  const { bare, imported } = await compareImport(folder, resourcesDir(process.env), open, decodeBare)
  clearInterval(watch)
  console.log(
    `${name}: import ${imported.photosPerSecond.toFixed(1)}/s, bare loop ${bare.photosPerSecond.toFixed(1)}/s: ` +
      `ratio ${(imported.photosPerSecond / bare.photosPerSecond).toFixed(2)}; processor time a photo ` +
      `${imported.cpuMillisPerPhoto.toFixed(0)} and ${bare.cpuMillisPerPhoto.toFixed(0)} ms: ` +
      `ratio ${(bare.cpuMillisPerPhoto / imported.cpuMillisPerPhoto).toFixed(2)}; peak ${(peak / 2 ** 20).toFixed(0)} MB`,
  )
  return imported.photosPerSecond / bare.photosPerSecond
}

/** What a person does not wait for: exiftool, one photo after the other, with pauses. */
async function readTheRest(name: string): Promise<void> {
  const engine = await openLibrary(name)
  const [cpu, ofChildren, started] = [process.cpuUsage(), cpuOfChildren(), performance.now()]
  const result = await engine.metadata.start()?.done
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  await engine.close()
  const cores = ((user + system) / 1e6 + cpuOfChildren() - ofChildren) / seconds
  console.log(
    `the rest of the metadata: ${result?.thorough ?? 0} photos by exiftool in ${seconds.toFixed(1)} s, ` +
      `${cores.toFixed(2)} cores, limit 1`,
  )
}

function openLibrary(name: string): Promise<Engine> {
  return openEngine({ libraryDir: join(scratch, `library ${name}`), resourcesDir: resourcesDir(process.env) })
}

/** Seconds of processor time of programs that were started and have ended: proc(5), cutime and cstime. */
function cpuOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}
