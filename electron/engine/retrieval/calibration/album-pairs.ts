import type { PhotoId } from '../../../shared/ids.ts'
import { strideSample } from '../../../shared/stride-sample.ts'
import type { Catalog } from '../../library/catalog/catalog.ts'
import { embedPhotos } from '../index/embed-photos.ts'
import type { IndexView, Neighbour } from '../index/index-view.ts'
import { scoreOf } from '../index/score.ts'
import type { BackgroundPhotos } from './background.ts'
import type { Pair } from './fit-kind-model.ts'
import { contrastOf } from './kind-model.ts'

/** The pairs whose queries are of one album. */
export interface AlbumPairs {
  readonly album: number
  readonly pairs: readonly Pair[]
}

const MOST_QUERIES = 400
/** Of each query, those in albums as far as they come among so many of the nearest of all; but a few at least. */
const NEIGHBOURS = 200
const FEWEST_NEIGHBOURS = 10
/** So many of the nearest photos of all, which are nearly always of the query's kind, tell how complete albums are. */
const SURELY_ALIKE = 3
/** What a sample says of the completeness of albums is not trusted below this. */
const LEAST_LABELLED = 0.05

/**
 * Pairs a sample of the photos in albums that teach with the nearest others there: of the same kind where an album holds
 * both. Photos in no album are not known to be of another kind, so they are in no pair. They are made up for by weights:
 * the share of the very nearest photos that is in albums says what share of a kind is (Elkan and Noto, "Learning
 * classifiers from only positive and unlabeled data", 2008); the rest of the library is of other kinds.
 */
export async function albumPairs(
  catalog: Catalog,
  view: IndexView,
  backgrounds: BackgroundPhotos,
): Promise<AlbumPairs[]> {
  const { albumsOf, membersOf } = await teachingAlbums(catalog, view)
  const labelled = Uint32Array.from(albumsOf.keys())
  if (membersOf.size === 0) return []
  const count = Math.max(
    FEWEST_NEIGHBOURS,
    Math.round((NEIGHBOURS * labelled.length) / Math.max(1, view.photos.size)),
  )
  const perAlbum = Math.max(2, Math.floor(MOST_QUERIES / membersOf.size))
  const found: { readonly album: number; readonly pairs: Omit<Pair, 'weight'>[]; readonly kin: number }[] = []
  let [near, nearAndLabelled] = [0, 0]
  for (const [album, members] of strideSample([...membersOf], MOST_QUERIES / 2)) {
    const queries = strideSample(members, perAlbum)
    const vectors = await embedPhotos(catalog, view.version, queries)
    const { dimension } = view.version.head
    for (const [n, query] of queries.entries()) {
      const vector = vectors.subarray(n * dimension, (n + 1) * dimension)
      const background = await backgrounds.measure(view, vector)
      if (!background) continue
      const isOther = ({ id }: Neighbour): boolean => id !== query
      const nearest = (await view.search(vector, SURELY_ALIKE + 1)).filter(isOther)
      near += nearest.length
      nearAndLabelled += nearest.filter(({ id }) => albumsOf.has(id)).length
      const neighbours = (await view.searchAmong(vector, count + 1, labelled)).filter(isOther)
      const pairs = neighbours.map(({ id, distance }) => {
        const score = scoreOf(distance)
        const same = !albumsOf.get(query)!.isDisjointFrom(albumsOf.get(id)!)
        return { score, contrast: contrastOf(score, background), same }
      })
      found.push({ album, pairs, kin: members.length })
    }
  }
  const complete = Math.max(LEAST_LABELLED, nearAndLabelled / Math.max(1, near))
  return found.map(({ album, pairs, kin }) => {
    const unlikeThere = Math.max(1, labelled.length - kin)
    const unlike = Math.max(unlikeThere, view.photos.size - kin / complete)
    const weightOf = (same: boolean): number => (same ? 1 / complete : unlike / unlikeThere)
    return { album, pairs: pairs.map(pair => ({ ...pair, weight: weightOf(pair.same) })) }
  })
}

/** The albums that teach, each with its photos that can be searched, and for each photo the albums that it is in. */
async function teachingAlbums(catalog: Catalog, view: IndexView) {
  const albumsOf = new Map<PhotoId, Set<number>>()
  const membersOf = new Map<number, readonly PhotoId[]>()
  for (const { id: album, usedForTraining } of catalog.albums.list()) {
    if (!usedForTraining) continue
    // Others may want the engine's thread between large albums.
    await new Promise(setImmediate)
    const members = catalog.albums.photosOf(album).filter(id => view.photos.has(id))
    if (members.length < 2) continue
    membersOf.set(album, members)
    for (const id of members) albumsOf.set(id, (albumsOf.get(id) ?? new Set()).add(album))
  }
  return { albumsOf, membersOf }
}
