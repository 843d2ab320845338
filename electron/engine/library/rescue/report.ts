import type { Catalog } from '../catalog/catalog.ts'
import type { Rescue } from './rescue.ts'

/** What a rescue brought back, and from when, for the person whose photos these are. */
export function describeRescue(rescue: Rescue, catalog: Catalog): string {
  const { reason, aside, reindexed, salvaged, backup, journal } = rescue
  const rowsOf = (table: string): number => salvaged.get(table)?.rows ?? 0
  const albums = catalog.albums.ids().length
  const sentences = [`The catalog was damaged. ${reason}`]
  if (reindexed) sentences.push('Its indexes were made anew; nothing was lost.')
  else if (rowsOf('photo') + rowsOf('file') + rowsOf('album') > 0)
    sentences.push(
      `Read from it: ${count(rowsOf('photo'), 'photo')}, ${count(rowsOf('album'), 'album')} with ` +
        `${count(rowsOf('album_photo'), 'label')}, ${count(rowsOf('head'), 'model')}.`,
    )
  else sentences.push('Nothing could be read from it.')
  if (backup) {
    const photos = backup.rows.get('photo') ?? 0
    const models = backup.rows.get('head') ?? 0
    const others = [...backup.rows.values()].reduce((sum, rows) => sum + rows, 0) - photos - models
    sentences.push(
      `From the backup ${whenMade(backup.from)}: ${count(photos, 'photo')}, ${count(models, 'model')}, ` +
        `${count(others, 'other row')}.`,
    )
  } else if (!reindexed) sentences.push('No backup was used.')
  if (journal) {
    sentences.push(
      `From the journal, whose last change is of ${spoken(Date.parse(journal.until))}: ${count(journal.albums, 'album')} ` +
        `with ${count(journal.labels, 'label')}.`,
    )
    if (!journal.isWhole) sentences.push('Parts of the journal could not be read.')
    if (journal.waiting > 0)
      sentences.push(
        `${count(journal.waiting, 'label')} will come back when their photos are imported again.`,
      )
  }
  sentences.push(
    `The library now has ${count(catalog.photos.countPresent(), 'photo')} and ${count(albums, 'album')}.`,
    `The damaged catalog is kept in ${aside}.`,
  )
  return sentences.join(' ')
}

const whenMade = ({ madeAt, name }: { madeAt: number; name: string }): string =>
  Number.isNaN(madeAt) ? name : `of ${spoken(madeAt)}`

/** In UTC, as the names of backups. */
const spoken = (millis: number): string =>
  `${new Date(millis).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? '' : 's'}`
