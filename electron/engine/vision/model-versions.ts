import type { BackboneId, HeadId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import type { HeadRow } from '../library/catalog/models.ts'
import { headFromParameters, identityHead, type Head } from './head/head.ts'
import { parseNetworkCard, type BundledModel } from './network/model-card.ts'

/** What turns a photo into an embedding: a head on a backbone, both rows of the catalog. */
export interface ModelVersion {
  readonly headId: HeadId
  readonly backboneId: BackboneId
  readonly name: string
  readonly head: Head
}

/**
 * Enters the bundled model into the catalog: its backbone, the head that comes with it, and beside that the features
 * as they are, the frozen baseline against which every head is measured. Answers the version that is searched with.
 * @param isUsable whether another backbone is still there; where it is not, the bundled one takes over
 */
export function registerBundledModel(
  catalog: Catalog,
  model: BundledModel,
  now: number,
  isUsable: (backbone: BackboneId) => boolean = () => false,
): ModelVersion {
  const { card, cardText, head, headParameters } = model
  return catalog.transaction(() => {
    const backbone = catalog.models.ensureBackbone(card.name, card.sha256, cardText, now)
    const shipped = catalog.models.ensureHead(backbone, card.name, head.dimension, headParameters, now)
    catalog.models.ensureHead(backbone, `${card.name}-raw`, card.output.length, null, now)
    const active = catalog.models.activeHead()
    if (active?.backboneId === backbone) return toVersion(active, card.output.length)
    if (active && isUsable(active.backboneId)) {
      const other = parseNetworkCard('of the catalog', catalog.models.backboneCard(active.backboneId)!)
      return toVersion(active, other.output.length)
    }
    catalog.models.activate(shipped)
    return { headId: shipped, backboneId: backbone, name: card.name, head }
  })
}

/** The version that a row of the catalog describes. */
export function toVersion(row: HeadRow, featureLength: number): ModelVersion {
  const head = row.parameters
    ? headFromParameters(row.parameters, featureLength)
    : identityHead(featureLength)
  return { headId: row.id, backboneId: row.backboneId, name: row.name, head }
}
