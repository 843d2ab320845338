import { asKindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { Problem } from '../../shared/results.ts'
import { mapConcurrently } from '../runtime/jobs/pipeline.ts'
import { remakeThumbnail, type QueryTools } from '../retrieval/image-query.ts'

/** Thumbnails looked at, and made again, at once. */
const AT_ONCE = 3

/** Counts the thumbnails that are missing or damaged, and makes them again when asked to. */
export async function checkThumbnails(tools: QueryTools, repair: boolean): Promise<Problem[]> {
  const { missing, damaged } = await findBadThumbnails(tools)
  const bad = [...missing, ...damaged]
  if (bad.length === 0) return []
  const message = `${missing.length} thumbnails are missing and ${damaged.length} are damaged.`
  const failures = repair ? await remakeAll(tools, bad) : []
  const left = failures.length > 0 ? ` ${failures.length} could not be made again: ${failures[0]!}` : ''
  return [{ code: 'thumbnails-bad', message: message + left, repaired: repair && failures.length === 0 }]
}

/** Only of photos that have a file: the others' cannot be made again. */
async function findBadThumbnails({ catalog, thumbnails }: QueryTools) {
  const [missing, damaged]: [PhotoId[], PhotoId[]] = [[], []]
  const photos = catalog.photos.all().filter(({ id }) => catalog.files.pathOf(id) !== undefined)
  const states = mapConcurrently(photos, AT_ONCE, async ({ id, contentHash }) => ({
    id,
    state: await thumbnails.state(contentHash),
  }))
  for await (const { id, state } of states) {
    if (state === 'missing') missing.push(id)
    if (state === 'damaged') damaged.push(id)
  }
  return { missing, damaged }
}

/** @returns why some could not be made */
async function remakeAll(tools: QueryTools, photos: readonly PhotoId[]): Promise<string[]> {
  const failures: string[] = []
  const remade = mapConcurrently(photos, AT_ONCE, async id => {
    await remakeThumbnail(tools, id).catch((error: unknown) => failures.push(asKindredError(error).message))
  })
  for await (const _ of remade);
  return failures
}
