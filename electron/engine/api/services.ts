import type { DiagnosticsService } from '../diagnostics/diagnostics-service.ts'
import type { Albums } from '../import/album-import.ts'
import type { LibraryService } from '../import/library-service.ts'
import type { FolderWatch } from '../import/watching/folder-watch.ts'
import type { LabelService } from '../learning/labels/label-service.ts'
import type { AutoTrainer } from '../learning/versions/auto-trainer.ts'
import type { ModelService } from '../learning/versions/model-service.ts'
import type { LibraryOverview } from '../library/catalog/library-overview.ts'
import type { LibraryLayout } from '../library/layout.ts'
import type { IndexTuner } from '../retrieval/index/index-tuner.ts'
import type { RegionService } from '../retrieval/matching-regions.ts'
import type { PhotoFilms } from '../retrieval/photo-films.ts'
import type { PhotoImages } from '../retrieval/photo-images.ts'
import type { PhotoTiles } from '../retrieval/photo-tiles.ts'
import type { SearchService } from '../retrieval/search-service.ts'
import type { JobRunner } from '../runtime/jobs/job-runner.ts'
import type { Machine } from '../runtime/machine.ts'
import type { BundledModel } from '../vision/network/model-card.ts'

/** The services of an open library, on which the contract's methods call. */
export interface Services {
  /** Changes which photos the library holds. */
  readonly library: LibraryService
  /** Takes over what changes in the folders while the library is open. */
  readonly watch: FolderWatch
  /** Reads what the library holds. */
  readonly overview: LibraryOverview
  readonly search: SearchService
  readonly images: PhotoImages
  readonly tiles: PhotoTiles
  readonly films: PhotoFilms
  readonly regions: RegionService
  readonly albums: Albums
  readonly labels: LabelService
  readonly models: ModelService
  readonly autoTrainer: AutoTrainer
  readonly tuner: IndexTuner
  readonly diagnostics: DiagnosticsService
  readonly jobs: JobRunner
  readonly machine: Machine
  readonly layout: LibraryLayout
  /** The folder of rendered sample photos, if there is one. */
  readonly samplesDir: string | undefined
  readonly model: BundledModel
}
