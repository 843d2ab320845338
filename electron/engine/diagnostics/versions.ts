import { createRequire } from 'node:module'
import sharp from 'sharp'
import type { FaissBuild } from '../../../native/faiss.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import { schemaVersion } from '../library/catalog/database.ts'
import { kindredVersion } from '../runtime/version.ts'

const require = createRequire(import.meta.url)

/** Versions of the parts that decide what a library holds and how fast it is searched. */
export function versions(catalog: Catalog, faiss: FaissBuild | undefined) {
  return {
    kindred: kindredVersion(),
    catalog: String(schemaVersion(catalog.db)),
    node: process.versions.node,
    sharp: sharp.versions.sharp,
    libvips: sharp.versions.vips,
    onnxruntime: (require('onnxruntime-node/package.json') as { version: string }).version,
    faiss: faiss ? `${faiss.faiss} ${faiss.origin}` : 'none',
  }
}
