import type { Catalog } from '../../../../../electron/engine/library/catalog/catalog.ts'
import type { ModelVersion } from '../../../../../electron/engine/vision/model-versions.ts'
import type { AlbumId, PhotoId } from '../../../../../electron/shared/ids.ts'
import { Random } from '../../../../../electron/shared/random.ts'
import { putSearchable } from '../../scratch.ts'

/** Photos that lie near one of some places, and no two of which are copies. */
export class Album {
  readonly id: AlbumId
  readonly photos: readonly PhotoId[]

  constructor(catalog: Catalog, version: ModelVersion, name: string, count: number) {
    const random = new Random(`album ${name}`)
    const length = version.head.inputLength
    const centre = Array.from({ length }, () => 2 * random.gauss())
    this.photos = Array.from({ length: count }, (_, i) => {
      const features = centre.map(value => value + random.gauss())
      const photo = putSearchable(catalog, version, `/photos/${name}/${i}.jpg`, features)
      const hash = Buffer.from(Array.from({ length: 8 }, () => random.int(0, 255)))
      catalog.trainings.setPerceptualHash(photo, hash)
      return photo
    })
    this.id = catalog.albumCommands.create(name, this.photos)
  }
}
