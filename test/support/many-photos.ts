import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { mapConcurrently } from '../../electron/engine/runtime/jobs/pipeline.ts'
import { drawSample, sampleKinds } from '../../samples/samples.ts'
import { Random } from '../../electron/shared/random.ts'

const VARIANTS = 25

/**
 * Makes tens of thousands of pictures in a few minutes: some are drawn, and each drawing is cropped, mirrored and coloured
 * in many ways. No two files are equal.
 */
export async function makeManyPhotos(folder: string, count: number, seed = 5): Promise<void> {
  const drawings = Math.ceil(count / VARIANTS)
  const numbers = Array.from({ length: drawings }, (_, n) => n)
  const write = async (n: number): Promise<void> => {
    const kind = sampleKinds[n % sampleKinds.length]!
    const { data } = await drawSample({ kind, seed: `${seed}/${n}`, longEdge: 400 })
    const { width, height } = await sharp(data).metadata()
    const target = join(folder, kind)
    await mkdir(target, { recursive: true })
    const random = new Random(`${seed}/${n}/variants`)
    for (let v = 0; v < Math.min(VARIANTS, count - n * VARIANTS); v++) {
      const part = random.between(0.6, 1)
      const [w, h] = [Math.floor(width * part), Math.floor(height * random.between(0.6, 1))]
      const picture = sharp(data)
        .extract({ left: random.int(0, width - w), top: random.int(0, height - h), width: w, height: h })
        .flop(random.chance(0.5))
        .modulate({ brightness: random.between(0.8, 1.2), hue: random.int(-12, 12) })
        .jpeg({ quality: random.int(70, 92) })
      const taken = new Date(Date.UTC(2016, 0, 1) + random.next() * 10 * 365 * 86_400_000)
      const text = taken.toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', ':')
      const name = `${String(n * VARIANTS + v).padStart(6, '0')}.jpg`
      await writeFile(
        join(target, name),
        await picture.withExif({ IFD2: { DateTimeOriginal: text } }).toBuffer(),
      )
    }
  }
  for await (const _ of mapConcurrently(numbers, availableParallelism() + 1, write));
}
