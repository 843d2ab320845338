import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { errorCodes } from '../../electron/shared/errors.ts'
import type { FailedFile, ImportResult } from '../../electron/shared/results.ts'
import { cliFile, kindred, parseOnly } from '../support/cli.ts'
import { limitMemory, noMemoryLimit } from '../support/memory-limit.ts'
import { pictureBytes } from '../support/small-photos.ts'
import type { Campaign } from './campaign.ts'

const MEMORY = 2 ** 30

/** Small files that take much memory, all within the limits of a photo: encoders, and the edges in pixels. */
const kinds: readonly (readonly [name: string, edges: readonly number[], encode: (image: Sharp) => Sharp])[] =
  [
    [
      'progressive.jpg',
      [5000, 9000, 12_000, 20_000],
      image => image.jpeg({ quality: 10, progressive: true, chromaSubsampling: '4:4:4' }),
    ],
    [
      'interlaced.png',
      [8000, 14_000, 20_000],
      image => image.png({ progressive: true, compressionLevel: 1 }),
    ],
    ['strips.tif', [10_000, 20_000], image => image.tiff({ compression: 'deflate' })],
    ['large.webp', [9000, 13_000], image => image.webp({ quality: 1, effort: 0 })],
    ['large.gif', [8000, 14_000], image => image.gif({ effort: 1 })],
    ['large.avif', [4000, 8000], image => image.avif({ quality: 10, effort: 0 })],
  ]

/** Imports bombs in little memory, and kills the program as often as the system would. */
export const bombs: Campaign = {
  name: 'bombs',
  title: 'small files that take gigabytes, in 1 GB of memory',
  promise: 'the program lives, each is a photo or a listed failure, and what killed it twice is left out',
  count: 16,
  quickCount: 1,
  unavailable: noMemoryLimit,

  async run({ count, folder, log }) {
    const limit = limitMemory('kindred-bombs', MEMORY)
    if (!limit) throw new Error('The memory cannot be limited.')
    const losses: string[] = []
    const all = kinds.flatMap(([name, edges, encode]) => edges.map(edge => ({ name, edge, encode })))
    let photos = 0
    const made = Array.from({ length: count }, (_, n) => all[n % all.length]!)
    try {
      for (const [n, { name, edge, encode }] of made.entries()) {
        const photosFolder = join(folder, `photos ${n}`)
        mkdirSync(photosFolder)
        writeFileSync(join(photosFolder, 'good.jpg'), await pictureBytes(`good ${n}`))
        await encode(blank(edge)).toFile(join(photosFolder, name))
        const command = [...limit.prefix, process.execPath, cliFile]
        const library = join(folder, `library ${n}`)
        const args = ['--library', library, '--json', '--quiet', 'index', photosFolder]
        // The first is killed in the midst of its decoding, twice.
        const killed =
          n === 0 ? [await killWhileDecoding(command, args), await killWhileDecoding(command, args)] : []
        const run = await kindred(args, { program: command })
        const loss = lossOf(run.status, run.signal, () => parseOnly(run) as ImportResult)
        if (loss !== undefined) losses.push(`${edge} pixels, ${name}: ${loss}`)
        else {
          const { failed, photos: imported } = parseOnly(run) as ImportResult
          photos += imported - 1
          log(`${name} ${edge}: ${failed[0]?.code ?? 'a photo'}`)
          if (killed.every(Boolean) && killed.length > 0 && failed[0]?.code !== 'decode-crashed')
            losses.push('what was killed twice was tried again')
        }
        rmSync(photosFolder, { recursive: true })
        rmSync(library, { recursive: true, force: true })
      }
    } finally {
      limit.remove()
    }
    return { attacks: made.length, losses, remarks: `${photos} became photos` }
  },
}

const blank = (edge: number): Sharp =>
  sharp({
    create: { width: edge, height: edge, channels: 3, background: '#345' },
    limitInputPixels: false,
  })

/** Kills the program as soon as it decodes in a process of its own. @returns whether it was killed there */
async function killWhileDecoding(command: readonly string[], args: readonly string[]): Promise<boolean> {
  const child = spawn(command[0]!, [...command.slice(1), ...args], { stdio: 'ignore' })
  const ended = new Promise(resolve => child.once('exit', resolve))
  const timer = setInterval(() => {
    if (decoders(child.pid!).length > 0) child.kill('SIGKILL')
  }, 10)
  await ended
  clearInterval(timer)
  return child.signalCode === 'SIGKILL'
}

function decoders(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const isChild = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
        return isChild && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('decode.worker')
      } catch {
        return false
      }
    })
}

function lossOf(
  status: number | null,
  signal: NodeJS.Signals | null,
  result: () => { readonly photos: number; readonly failed: readonly FailedFile[] },
): string | undefined {
  if (status !== 0 && status !== 3) return `the program ended with ${signal ?? status}`
  const { photos, failed } = result()
  const codes = new Set<string>(errorCodes)
  if (failed.some(({ code }) => !codes.has(code) || code === 'internal')) return 'it fails without a reason'
  return photos + failed.length === 2 ? undefined : `${photos} photos and ${failed.length} failures`
}
