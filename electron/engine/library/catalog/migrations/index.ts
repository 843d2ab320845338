import { firstCatalog } from './0010-first-catalog.ts'
import { albums } from './0020-albums.ts'
import { featuresByPipeline } from './0030-features-by-pipeline.ts'
import { whatPeopleSaid } from './0040-what-people-said.ts'
import { decodeAttempts } from './0050-decode-attempts.ts'
import { moreFormats } from './0060-more-formats.ts'
import { metadata } from './0070-metadata.ts'
import { livingFolders } from './0080-living-folders.ts'
import { videos } from './0090-videos.ts'
import { damagedPhotos } from './0100-damaged-photos.ts'
import { parts } from './0110-parts.ts'
import { watchedFiles } from './0120-watched-files.ts'
import { filmsWithin } from './0130-films-within.ts'
import { facets } from './0140-facets.ts'

/** One step of the catalog's schema. Versions go up in tens, so that a fix can be put between two released ones. */
export interface Migration {
  readonly version: number
  readonly up: string
}

export const migrations: readonly Migration[] = [
  firstCatalog,
  albums,
  featuresByPipeline,
  whatPeopleSaid,
  decodeAttempts,
  moreFormats,
  metadata,
  livingFolders,
  videos,
  damagedPhotos,
  parts,
  watchedFiles,
  filmsWithin,
  facets,
]
