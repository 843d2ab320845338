/** Labelled photos are divided into this many folds. */
export const FOLDS = 5
/** The fold that no version is trained on. */
export const HELD_OUT = 0
/** Stands for leaving out no fold. */
export const NO_FOLD = -1

export interface FoldTask {
  /** The albums of each photo. */
  readonly albumsOf: readonly (readonly number[])[]
  /** The group of near-duplicates of each photo. A group is never divided. */
  readonly groups: Int32Array
  /** The fold that each photo had before, −1 for none. */
  readonly before: Int8Array
  /** Keys that order photos independently of when they were imported, such as their content hashes. */
  readonly order: readonly string[]
}

/**
 * Assigns a fold to each photo. Photos keep the fold that they had, so that held-out photos stay unseen by all versions;
 * a group whose photos had different folds is held out from now on. At least a fifth of each album is held out, where it
 * has two groups or more.
 */
export function assignFolds({ albumsOf, groups, before, order }: FoldTask): Int8Array {
  const members = new Map<number, number[]>()
  for (const [photo, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), photo])
  const foldOfGroup = new Map<number, number>()
  const albums = new Map<number, AlbumFolds>()
  const albumsOfPhoto = (photo: number): AlbumFolds[] =>
    albumsOf[photo]!.map(id => albums.get(id) ?? albums.set(id, new AlbumFolds()).get(id)!)
  const albumsOfGroup = (group: number): AlbumFolds[] => [
    ...new Set(members.get(group)!.flatMap(albumsOfPhoto)),
  ]
  const put = (group: number, fold: number): void => {
    foldOfGroup.set(group, fold)
    for (const photo of members.get(group)!) for (const album of albumsOfPhoto(photo)) album.add(group, fold)
  }

  for (const [group, photos] of members) {
    const folds = new Set(photos.map(photo => before[photo]!).filter(fold => fold >= 0))
    if (folds.size > 0) put(group, folds.size === 1 ? [...folds][0]! : HELD_OUT)
  }
  const firstOf = (group: number): string =>
    members
      .get(group)!
      .map(photo => order[photo]!)
      .sort()[0]!
  const fresh = [...members.keys()].filter(group => !foldOfGroup.has(group))
  fresh.sort((a, b) => (firstOf(a) < firstOf(b) ? -1 : 1))
  for (const group of fresh) put(group, leastFilled(albumsOfGroup(group)))

  for (const album of albums.values())
    for (const group of album.toHoldOut()) {
      for (const other of albumsOfGroup(group)) other.move(group, HELD_OUT)
      foldOfGroup.set(group, HELD_OUT)
    }
  return Int8Array.from(groups, group => foldOfGroup.get(group)!)
}

/** Returns the fold with the fewest photos of these albums; of several, the first, which is the held-out one. */
function leastFilled(albums: readonly AlbumFolds[]): number {
  const photos = Array.from({ length: FOLDS }, (_, fold) =>
    albums.reduce((sum, album) => sum + album.photosIn(fold), 0),
  )
  return photos.indexOf(Math.min(...photos))
}

/** The folds of the groups of one album. */
class AlbumFolds {
  readonly #groups = new Map<number, { fold: number; photos: number }>()

  /** Counts one more photo of the group. */
  add(group: number, fold: number): void {
    const photos = this.#groups.get(group)?.photos ?? 0
    this.#groups.set(group, { fold, photos: photos + 1 })
  }

  move(group: number, fold: number): void {
    const entry = this.#groups.get(group)
    if (entry) entry.fold = fold
  }

  photosIn(fold: number): number {
    let photos = 0
    for (const entry of this.#groups.values()) if (entry.fold === fold) photos += entry.photos
    return photos
  }

  /** Returns the smallest groups to hold out so that a fifth is; at least one group is left to train on. */
  toHoldOut(): number[] {
    const entries = [...this.#groups.entries()]
    const total = entries.reduce((sum, [, { photos }]) => sum + photos, 0)
    const trained = entries.filter(([, { fold }]) => fold !== HELD_OUT)
    trained.sort(([, a], [, b]) => a.photos - b.photos)
    const moved: number[] = []
    let heldOut = this.photosIn(HELD_OUT)
    while (heldOut * FOLDS < total && trained.length > 1) {
      const [group, { photos }] = trained.shift()!
      moved.push(group)
      heldOut += photos
    }
    return moved
  }
}
