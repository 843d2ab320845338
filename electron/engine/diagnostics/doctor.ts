import { asKindredError } from '../../shared/errors.ts'
import type { PhotoId } from '../../shared/ids.ts'
import type { DoctorResult, Problem, RuntimeRow } from '../../shared/results.ts'
import { Exiftool } from '../media/metadata/exiftool.ts'
import { indexHost } from '../retrieval/index/index-host.ts'
import type { IndexTuner } from '../retrieval/index/index-tuner.ts'
import type { Recovery } from '../retrieval/index/embedding-index.ts'
import type { Journal } from '../library/journal/journal.ts'
import type { LibraryLayout } from '../library/layout.ts'
import { checkThumbnails } from './doctor-thumbnails.ts'
import { withExamineThread, type ExamineThread } from './examine-thread.ts'
import { versions } from './versions.ts'
import { embedImage, processPhoto, type QueryTools } from '../retrieval/image-query.ts'

export interface DoctorTools extends QueryTools {
  readonly tuner: IndexTuner
  readonly layout: LibraryLayout
  /** What opening the library had to do. */
  readonly recovery: Recovery
  readonly catalogRepaired: string | undefined
  readonly journal: Journal
  readonly runtimes: readonly RuntimeRow[]
}

/** A photo must find itself: its own embedding lies at most this far away (features in half precision). */
const SELF_DISTANCE = 0.01
const SELF_SAMPLES = 50

/** Checks catalog, files, vectors and index against each other, and repairs what can be repaired when asked to. */
export function examine(tools: DoctorTools, repair: boolean): Promise<DoctorResult> {
  return withExamineThread(async thread => {
    await thread.call('open', tools.catalog.file)
    return examineWith(thread, tools, repair)
  })
}

async function examineWith(
  thread: ExamineThread,
  tools: DoctorTools,
  repair: boolean,
): Promise<DoctorResult> {
  const { catalog, index, backbones, catalogRepaired, recovery } = tools
  const problems: Problem[] = []
  const notes: string[] = []
  if (catalogRepaired) problems.push({ code: 'catalog-damaged', message: catalogRepaired, repaired: true })
  if (recovery === 'rebuilt')
    notes.push('The index was made anew from the catalog when the library was opened.')
  if (recovery === 'caught-up')
    notes.push('The index took over changes from the catalog when the library was opened.')

  problems.push(...(await thread.call('checkDatabase')))
  problems.push(...(await checkLabels(thread, tools, repair)))
  const { backboneId } = index.version
  const { featureLength } = backbones.embedder(backboneId)
  const broken = await thread.call('brokenPhotos', backboneId, featureLength)
  for (const [photo, message] of broken) problems.push(await repairPhoto(tools, photo, message, repair))
  problems.push(...(await checkThumbnails(tools, await thread.call('presentPhotos'), repair)))
  problems.push(...(await checkIndex(tools, await thread.call('searchableIds', backboneId), repair)))
  if (index.unsaved && !(await index.save()))
    notes.push(
      'The index file cannot be saved: it is made anew whenever the library is opened. Check permissions and free space.',
    )
  notes.push(...noteFiles(tools, await thread.call('compareFiles')))

  if (!(await Exiftool.isThere()))
    notes.push(
      'exiftool cannot run here: without Perl some photos and videos keep fewer dates, places, cameras and lenses. Install Perl to have them read.',
    )
  const { reason, build } = await indexHost().call('describe')
  if (reason)
    notes.push(
      `Faiss is not available (${reason}); the built-in exact search serves, slower in large libraries.`,
    )
  return {
    ok: problems.every(problem => problem.repaired),
    problems,
    notes,
    library: tools.layout.folder,
    photos: catalog.photos.countPresent(),
    index: await tools.tuner.status(),
    model: index.version.name,
    models: catalog.models.heads().map(head => head.name),
    runtimes: tools.runtimes,
    versions: versions(catalog, build),
  }
}

/** Damage that SQLite cannot see: a label reads well and is another. */
async function checkLabels(
  thread: ExamineThread,
  { catalog, journal }: DoctorTools,
  repair: boolean,
): Promise<Problem[]> {
  if ((await thread.call('labelDifferences', journal.file)) === 0) return []
  // A change may have come between reading one and the other; here none can.
  const differences = journal.differences()
  if (differences === 0) return []
  if (repair) journal.restore()
  const message =
    `${differences} rows of albums and labels are not as the journal says.` +
    (repair ? ` They are now: ${catalog.albums.ids().length} albums.` : '')
  return [{ code: 'labels-damaged', message, repaired: repair }]
}

async function repairPhoto(
  tools: DoctorTools,
  photo: PhotoId,
  message: string,
  repair: boolean,
): Promise<Problem> {
  const problem = { code: 'photo-incomplete', message }
  if (!repair) return { ...problem, repaired: false }
  try {
    await processPhoto(tools, photo)
    return { ...problem, repaired: true }
  } catch (error) {
    return { ...problem, message: `${message} ${asKindredError(error).message}`, repaired: false }
  }
}

async function checkIndex(
  tools: DoctorTools,
  searchable: readonly PhotoId[],
  repair: boolean,
): Promise<Problem[]> {
  const { index } = tools
  const wanted = new Set(searchable)
  const inStep = wanted.size === index.size && [...wanted].every(id => index.has(id))
  const lost = inStep ? await photosNotFindingThemselves(tools, [...wanted]) : 0
  if (inStep && lost === 0) return []
  const message = inStep
    ? `${lost} of ${Math.min(SELF_SAMPLES, wanted.size)} photos do not find themselves in the index.`
    : `The index holds ${index.size} photos, the catalog ${wanted.size}.`
  const repaired = repair && (await index.rebuild())
  return [{ code: 'index-out-of-step', message, repaired }]
}

async function photosNotFindingThemselves(tools: DoctorTools, ids: readonly PhotoId[]): Promise<number> {
  const step = Math.max(1, Math.floor(ids.length / SELF_SAMPLES))
  let lost = 0
  for (let i = 0, taken = 0; i < ids.length && taken < SELF_SAMPLES; i += step, taken++) {
    const { embedding } = await embedImage(tools, { id: ids[i]! })
    // Copies saved again may share an embedding, so any photo at this place counts.
    const [nearest] = await tools.index.search(embedding, 1)
    if (!nearest || nearest.distance > SELF_DISTANCE) lost++
  }
  return lost
}

/** Notes about the folders; none of them is a problem of the library. */
function noteFiles(
  { catalog }: DoctorTools,
  { gone, changed }: { readonly gone: number; readonly changed: number },
): string[] {
  const failed = catalog.files.failed().length
  const cutOff = new Set(catalog.jobs.withState('interrupted').map(({ kind }) => kind))
  return [
    ...(gone + changed > 0
      ? [`${gone} files have gone and ${changed} have changed since the last import.`]
      : []),
    ...(failed > 0 ? [`${failed} files could not be read as photos.`] : []),
    ...(cutOff.has('import')
      ? ['An import was interrupted; when its folders are imported again, it goes on.']
      : []),
    ...(cutOff.has('train')
      ? ['A training was interrupted; when a training is started again, it goes on.']
      : []),
  ]
}
