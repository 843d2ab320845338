/** @file Model versions: the pairs of backbone and head in the catalog that embed photos. */
import type { BackboneId, HeadId } from '../../shared/ids.ts'
import type { Catalog } from '../library/catalog/catalog.ts'
import type { HeadRow } from '../library/catalog/models.ts'
import { headFromParameters, identityHead, type Head } from './head/head.ts'
import { parseNetworkCard, type BundledModel } from './network/model-card.ts'

/** What turns a photo into an embedding: a backbone and a head on it, both rows of the catalog. */
export interface ModelVersion {
  readonly headId: HeadId
  readonly backboneId: BackboneId
  readonly name: string
  readonly head: Head
}

/**
 * Enters the bundled model into the catalog, where it is not there yet, as two versions of one backbone: with the head
 * that comes with it, and with an identity head, named `…-raw`, the frozen baseline against which every head is measured.
 * @param isUsable whether the file of another backbone is still there; where the active version's is not, the bundled
 * version becomes the active one. By default only the bundled backbone is usable.
 * @returns the active version, which the library is searched with
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
      const { output } = parseNetworkCard('of the catalog', catalog.models.backboneCard(active.backboneId)!)
      return toVersion(active, output.length)
    }
    catalog.models.activate(shipped)
    return { headId: shipped, backboneId: backbone, name: card.name, head }
  })
}

/** Returns the version that a row of the catalog describes; a row without parameters is an identity head. */
export function toVersion(row: HeadRow, featureLength: number): ModelVersion {
  const head = row.parameters
    ? headFromParameters(row.parameters, featureLength)
    : identityHead(featureLength)
  return { headId: row.id, backboneId: row.backboneId, name: row.name, head }
}
