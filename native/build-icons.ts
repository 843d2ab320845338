/** @file `npm run icons`: renders icon.svg in the sizes that the packages need. Run it after changing icon.svg. */
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const folder = new URL('../resources/icons/', import.meta.url)

for (const size of [512, 1024])
  await sharp(fileURLToPath(new URL('icon.svg', folder)), { density: (72 * size) / 1024 })
    .resize(size, size)
    .png({ compressionLevel: 9, effort: 10 })
    .toFile(fileURLToPath(new URL(`icon-${size}.png`, folder)))
