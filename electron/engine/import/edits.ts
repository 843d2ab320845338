import type { Catalog } from '../library/catalog/catalog.ts'
import type { ReplacedPhoto } from '../library/catalog/photos.ts'
import type { DuplicateTraits } from '../library/rows.ts'
import { hashDistance } from '../media/perceptual-hash.ts'

/** The most bits of 64 in which the perceptual hashes of a photo and its edited version differ. */
const EDIT_BITS = 10

/**
 * Decides of every photo that took the place of another whether it is its edited version, and gives it the labels then.
 * What an import that was cut off had noted is decided by the next. Only within a transaction, when all files were seen.
 */
export function settleEdits(catalog: Catalog): void {
  const edits = catalog.photos.replaced().filter(pair => isEdit(catalog, pair))
  for (const { before, after, isNew } of edits) if (isNew) catalog.photos.setEditedFrom(after, before)
  catalog.albumCommands.carryOver(edits)
  catalog.photos.forgetReplaced()
}

/**
 * New content in a photo's place is its edited version, unless the photo is still elsewhere (it was moved, and another
 * took its name) and the two do not look alike. Content that was known before has labels of its own: it is the edited
 * version only where the photo is gone and looks like it, as when an edit was undone.
 */
function isEdit(catalog: Catalog, { before, after, isNew }: ReplacedPhoto): boolean {
  const isGone = catalog.files.pathOf(before) === undefined
  if (isNew && isGone) return true
  return (isNew || isGone) && areAlike(catalog.trainings.photo(before), catalog.trainings.photo(after))
}

function areAlike(a: DuplicateTraits | undefined, b: DuplicateTraits | undefined): boolean {
  if (!a || !b) return false
  const isSameShot = a.takenAt !== null && a.takenAt === b.takenAt && a.camera === b.camera
  if (isSameShot) return true
  return (
    a.perceptualHash !== null &&
    b.perceptualHash !== null &&
    hashDistance(a.perceptualHash, b.perceptualHash) <= EDIT_BITS
  )
}
