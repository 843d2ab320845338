import { asKindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { Problem } from '../../shared/results.ts'
import { mapConcurrently } from '../runtime/jobs/pipeline.ts'
import { remakeThumbnail, type QueryTools } from '../retrieval/image-query.ts'
import type { PresentPhotos } from './examine.worker.ts'

/** Thumbnails looked at, and made again, at once. */
const AT_ONCE = 3

/**
 * Counts the thumbnails that are missing or damaged, and makes them again when asked to.
 * @param photos those that have a file: thumbnails of the others cannot be made again
 */
export async function checkThumbnails(
  tools: QueryTools,
  photos: PresentPhotos,
  repair: boolean,
): Promise<Problem[]> {
  const { missing, damaged } = await findBadThumbnails(tools, photos)
  const bad = [...missing, ...damaged]
  if (bad.length === 0) return []
  const message = `${missing.length} thumbnails are missing and ${damaged.length} are damaged.`
  const failures = repair ? await remakeAll(tools, bad) : []
  const left = failures.length > 0 ? ` ${failures.length} could not be made again: ${failures[0]!}` : ''
  return [{ code: 'thumbnails-bad', message: message + left, repaired: repair && failures.length === 0 }]
}

async function findBadThumbnails({ thumbnails }: QueryTools, { ids, hashes }: PresentPhotos) {
  const [missing, damaged]: [PhotoId[], PhotoId[]] = [[], []]
  const states = mapConcurrently(ids.entries(), AT_ONCE, async ([n, id]) => ({
    id: id as PhotoId,
    state: await thumbnails.state(Buffer.from(hashes.subarray(32 * n, 32 * (n + 1)))),
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
