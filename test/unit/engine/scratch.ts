import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { Catalog } from '../../../electron/engine/library/catalog/catalog.ts'
import { identityHead } from '../../../electron/engine/vision/head/head.ts'
import type { ModelVersion } from '../../../electron/engine/vision/model-versions.ts'
import { type DecodedPhoto } from '../../../electron/engine/media/decode.ts'
import { pathFromBytes, pathToBytes, type FilePath } from '../../../electron/engine/library/paths.ts'
import type { BackboneId, PhotoId } from '../../../electron/shared/ids.ts'
import { KindredError } from '../../../electron/shared/errors.ts'
import { PIPELINE_VERSION } from '../../../electron/engine/library/pipeline-version.ts'

/** Folders and catalogs of one test file: all are gone after each of its tests. */
export class Scratch {
  readonly #folders: string[] = []
  readonly #catalogs: Catalog[] = []
  #time = 0

  constructor() {
    afterEach(() => this.#clear())
  }

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'kindred-unit-'))
    this.#folders.push(folder)
    return folder
  }

  /** Its clock counts the changes. */
  catalog(folder = this.folder()): Catalog {
    const now = (): number => this.#time++
    const catalog = new Catalog(join(folder, 'catalog.db'), join(folder, 'backups'), now)
    this.#catalogs.push(catalog)
    return catalog
  }

  #clear(): void {
    for (const catalog of this.#catalogs.splice(0)) catalog.close()
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
}

const decoded: DecodedPhoto = {
  format: 'JPEG',
  width: 3,
  height: 2,
  averageColor: 0,
  metadata: {},
  thumbnail: Buffer.alloc(0),
  network: { size: 0, rgb: new Uint8Array(0) },
  perceptualHash: Buffer.alloc(8),
}

export const stamp = { size: 1, modifiedMs: 1.5, changedMs: 2.5 }

/** A photo as an import would record it, at one path. */
export function putPhoto(catalog: Catalog, path: FilePath, content: string = path): PhotoId {
  const hash = createHash('sha256').update(pathToBytes(content)).digest()
  const photoId = catalog.photos.record(hash, 1, decoded, PIPELINE_VERSION, 0)
  catalog.files.record(path, stamp, { state: 'present', photoId }, PIPELINE_VERSION)
  return photoId
}

/** The same with features, so that it can be searched. */
export function putSearchable(
  catalog: Catalog,
  version: ModelVersion,
  path: FilePath,
  features: readonly number[],
): PhotoId {
  const photo = putPhoto(catalog, path)
  catalog.features.put(version.backboneId, photo, PIPELINE_VERSION, Float32Array.from(features))
  catalog.settings.bumpGeneration()
  return photo
}

/** A version that searches by the features as they are. */
export function rawVersion(catalog: Catalog, dimension: number, name = 'raw'): ModelVersion {
  const backboneId: BackboneId = catalog.models.ensureBackbone('test', 'ab', '{}', 0)
  const headId = catalog.models.ensureHead(backboneId, name, dimension, null, 0)
  return { headId, backboneId, name, head: identityHead(dimension) }
}

export const bytePath = (...parts: (string | number)[]): FilePath =>
  pathFromBytes(
    Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)))),
  )

/** The code of the failure, or what came instead. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'no error'
  } catch (error) {
    return error instanceof KindredError ? error.code : String(error)
  }
}
