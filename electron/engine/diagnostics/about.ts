import { readFileSync, statSync } from 'node:fs'
import type { About } from '../../shared/contract.ts'
import type { LibraryLayout } from '../library/layout.ts'
import { Exiftool } from '../media/metadata/exiftool.ts'
import type { QueryTools } from '../retrieval/image-query.ts'
import { indexHost } from '../retrieval/index/index-host.ts'
import type { IndexTuner } from '../retrieval/index/index-tuner.ts'
import type { BundledModel } from '../vision/network/model-card.ts'
import { withExamineThread } from './examine-thread.ts'
import { versions } from './versions.ts'

export interface AboutTools extends Pick<QueryTools, 'catalog' | 'index'> {
  readonly layout: LibraryLayout
  readonly model: BundledModel
  readonly tuner: IndexTuner
}

/** What the program and the library consist of. */
export async function about({ layout, index, model, catalog, tuner }: AboutTools): Promise<About> {
  const { build } = await indexHost().call('describe')
  return {
    version: versions(catalog, build).kindred,
    libraryDir: layout.folder,
    thumbnailBytes: await withExamineThread(thread => thread.call('folderBytes', layout.thumbnails)),
    catalogBytes: fileBytes(layout.catalog),
    indexBytes: fileBytes(layout.index),
    index: await tuner.status(),
    versions: versions(catalog, build),
    hasExiftool: await Exiftool.isThere(),
    model: {
      name: index.version.name,
      file: model.card.file,
      inputSize: model.card.input.size,
      featureLength: model.card.output.length,
      sha256: model.card.sha256,
      card: readText(model.file.replace(/\.onnx$/, '.md')),
    },
  }
}

const fileBytes = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

function readText(file: string): string {
  return statSync(file, { throwIfNoEntry: false }) ? readFileSync(file, 'utf8') : ''
}
