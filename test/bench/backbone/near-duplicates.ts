import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { openEngine } from '../../../electron/engine/engine.ts'
import { resourcesDir } from '../../../electron/hosts/default-folders.ts'

/**
 * Measures whether a changed copy finds its original among other photos: `near-duplicates.ts PHOTOS OTHERS…`, PHOTOS being the
 * folder of the originals. Recall@1 for each change, with a 95 % interval (Wilson's), exact search.
 */
const [originals, ...others] = process.argv.slice(2)
if (originals === undefined) throw new Error('Name the folder of the originals, and folders of other photos.')
const MOST = 500

type Change = (image: Sharp, width: number, height: number) => Sharp
const part =
  (share: number): Change =>
  (image, width, height) =>
    image.extract({
      left: Math.floor((width * (1 - Math.sqrt(share))) / 3),
      top: Math.floor((height * (1 - Math.sqrt(share))) / 2),
      width: Math.floor(width * Math.sqrt(share)),
      height: Math.floor(height * Math.sqrt(share)),
    })
const changes: Readonly<Record<string, Change>> = {
  'cropped to 70 %': part(0.7),
  brighter: image => image.linear(1.5, 0),
  darker: image => image.linear(0.6, 0),
  'turned by 5°': image => image.rotate(5, { background: '#000' }),
  'JPEG 30': image => image,
  mirrored: image => image.flop(),
  captioned: (image, width, height) => {
    const band = Math.round(height / 6)
    const text = `<svg width="${width}" height="${band}"><rect width="100%" height="100%" fill="#fff"/><text x="50%" y="65%" font-size="${band / 2}" text-anchor="middle">Summer at the lake</text></svg>`
    return image.composite([{ input: Buffer.from(text), gravity: 'south' }])
  },
}

const libraryDir = mkdtempSync(join(tmpdir(), 'kindred-near-'))
const engine = await openEngine({ libraryDir, resourcesDir: resourcesDir(process.env) })
try {
  await engine.library.import([originals, ...others].map(folder => resolve(folder)))
  const files = readdirSync(originals)
    .filter(name => name.endsWith('.jpg'))
    .slice(0, MOST)
    .map(name => join(resolve(originals), name))
  console.log(`${engine.index.version.name}: ${files.length} originals among ${engine.index.size} photos`)
  for (const [name, change] of Object.entries(changes)) {
    let found = 0
    for (const file of files) {
      const { width, height } = await sharp(file).metadata()
      const quality = name === 'JPEG 30' ? 30 : 90
      const bytes = await change(sharp(file), width, height).jpeg({ quality }).toBuffer()
      const copy = { name: 'copy.jpg', bytes: bytes }
      const { photos } = await engine.search.nearest({ images: [copy], k: 1 })
      if (engine.catalog.files.pathOf(photos[0]!.id) === file) found++
    }
    const [low, high] = wilson(found, files.length)
    const share = (value: number): string => `${(100 * value).toFixed(1)} %`
    console.log(
      `  ${name.padEnd(16)} Recall@1 ${share(found / files.length)} (${share(low)} – ${share(high)})`,
    )
  }
} finally {
  await engine.close()
  rmSync(libraryDir, { recursive: true })
}

function wilson(hits: number, count: number): [number, number] {
  const z = 1.96
  const share = hits / count
  const middle = share + z ** 2 / (2 * count)
  const half = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  const scale = 1 + z ** 2 / count
  return [(middle - half) / scale, (middle + half) / scale]
}
