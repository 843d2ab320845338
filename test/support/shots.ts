/** @file Photos as cameras and phones write them: several files of one shot. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { heicBytes } from './heic-files.ts'
import { ascii, exifBlock } from './metadata-blocks.ts'
import { rawFiles, RAW_TAKEN } from './raw-files.ts'
import { picture, pictureBytes } from './small-photos.ts'
import { makeVideo } from './videos.ts'

/** The date of all files, as EXIF has it. */
export const SHOT_TAKEN = RAW_TAKEN

export interface ShotOptions {
  /** As EXIF has it. */
  readonly taken?: string
  /** Of a film. */
  readonly seconds?: number
}

/** The bytes of one file of a shot, by its ending; the same name gives the same bytes. */
export async function shotBytes(
  path: string,
  seed: number | string,
  { taken = SHOT_TAKEN, seconds = 2 }: ShotOptions = {},
): Promise<Buffer> {
  const dated = exifBlock({ photo: [ascii(0x9003, taken)] })
  switch (path.slice(path.lastIndexOf('.') + 1).toLowerCase()) {
    case 'cr2': {
      const [jpeg, small] = [await pictureBytes(seed, 'jpg'), await pictureBytes(seed, 'jpg', { width: 24 })]
      return rawFiles.CR2({ jpeg, small })
    }
    case 'heic':
      return heicBytes({ exif: dated, after: Buffer.from(`\0\0\0\x28free${seed}`.padEnd(40), 'latin1') })
    case 'mov': {
      const [day, time] = taken.split(' ')
      const tags = { 'com.apple.quicktime.creationdate': `${day!.replaceAll(':', '-')}T${time}+0200` }
      return makeVideo({ container: 'mov', seconds, tags, width: 320 + 2 * Number(seed) })
    }
    default:
      return picture(seed)
        .withExif({ IFD2: { DateTimeOriginal: taken } })
        .jpeg({ quality: 80 })
        .toBuffer()
  }
}

/** Writes one file of a shot and the folders that lead to it. */
export async function writeShot(path: string, seed: number | string, options?: ShotOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, await shotBytes(path, seed, options))
}
