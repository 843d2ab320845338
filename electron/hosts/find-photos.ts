import type { Engine } from '../engine/engine.ts'
import type { PhotoId } from '../shared/ids.ts'
import type { FailedFile } from '../shared/results.ts'
import { toPath } from './session.ts'

export interface FoundPhotos {
  readonly photos: readonly PhotoId[]
  /** Paths at which there are none. */
  readonly failed: readonly FailedFile[]
}

/** Finds the photos of the library at these paths; for a folder, all below it. */
export function findPhotos(engine: Engine, paths: readonly string[]): FoundPhotos {
  const photos = new Set<PhotoId>()
  const failed: FailedFile[] = []
  for (const path of paths.map(toPath)) {
    const there = engine.overview.photosAt(path)
    for (const photo of there) photos.add(photo)
    if (there.length === 0) {
      const message = 'This is no photo of the library. Import its folder first: kindred index FOLDER'
      failed.push({ path, code: 'photo-not-found', message })
    }
  }
  return { photos: [...photos], failed }
}

export const failureLines = (failed: readonly FailedFile[]): string[] =>
  failed.map(({ path, message }) => `  ${path}\n    ${message}`)
