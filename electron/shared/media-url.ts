/**
 * Pixels travel by URL, never through the contract. A URL names a photo by its id and holds the content's hash, so that
 * a cached image is never outdated; it never holds a path.
 *
 * - `thumb/<id>?v=<hash>`: JPEG, longest edge 400 px
 * - `image/<id>?v=<hash>[&size=N]`: the photo upright in sRGB, as a browser can show it, longest edge at most `size`
 * - `tile/<id>?v=<hash>&level=L&column=C&row=R`: a square of the photo upright in sRGB, `TILE_EDGE` pixels wide and high, less
 *   where the photo ends; at level 0 with all its pixels, at each further level half as large
 * - `upload/<token>`: thumbnail of an external image; `POST upload` with the file as body returns `{ token }`
 */
export type MediaRequest =
  | { readonly kind: 'thumb'; readonly id: number }
  | { readonly kind: 'image'; readonly id: number; readonly size: number }
  | ({ readonly kind: 'tile'; readonly id: number } & TileAddress)
  | { readonly kind: 'upload'; readonly token: string }

/** Longest edges in which an image can be requested: only a few, so that caching works. */
export const imageSizes = [1280, 2560, 5120] as const

export const TILE_EDGE = 1024

/** Which square of a photo, counted in tiles from the left and the top, and how often it is halved. */
export interface TileAddress {
  readonly level: number
  readonly column: number
  readonly row: number
}

export const thumbPath = (id: number, hash: string): string => `thumb/${id}?v=${hash}`
export const imagePath = (id: number, hash: string, size: number = imageSizes[1]): string =>
  `image/${id}?v=${hash}&size=${size}`
export const tilePath = (id: number, hash: string, { level, column, row }: TileAddress): string =>
  `tile/${id}?v=${hash}&level=${level}&column=${column}&row=${row}`
export const uploadPath = (token: string): string => `upload/${token}`

/**
 * Parses a media URL. Returns undefined for anything but the exact forms above.
 * @param pathAndQuery without a leading slash
 */
export function parseMediaPath(pathAndQuery: string): MediaRequest | undefined {
  const match = /^(thumb|image)\/([1-9]\d{0,14})(?:\?v=[0-9a-f]{1,64}(?:&size=(\d{1,4}))?)?$/.exec(
    pathAndQuery,
  )
  if (match) {
    const id = Number(match[2])
    if (match[1] === 'thumb') return match[3] === undefined ? { kind: 'thumb', id } : undefined
    const size = match[3] === undefined ? imageSizes[1] : Number(match[3])
    return (imageSizes as readonly number[]).includes(size) ? { kind: 'image', id, size } : undefined
  }
  const tile =
    /^tile\/([1-9]\d{0,14})\?v=[0-9a-f]{1,64}&level=(\d)&column=(0|[1-9]\d{0,2})&row=(0|[1-9]\d{0,2})$/.exec(
      pathAndQuery,
    )
  if (tile) {
    const [id, level, column, row] = tile.slice(1).map(Number) as [number, number, number, number]
    return { kind: 'tile', id, level, column, row }
  }
  const upload = /^upload\/([0-9a-f]{32})$/.exec(pathAndQuery)
  return upload ? { kind: 'upload', token: upload[1]! } : undefined
}
