/** The tables of what people say of their photos, with the columns that name a row. */
export const keyColumns = {
  album: ['id'],
  album_photo: ['album_id', 'photo_id'],
  not_like: ['anchor_id', 'negative_id'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type LabelTable = keyof typeof keyColumns
export type Row = Readonly<Record<string, string | number>>

/** From the root down: no row refers to one of a table that comes later. */
export const labelTables = Object.keys(keyColumns) as readonly LabelTable[]

/** The columns that name a photo, in any of the tables. */
export const photoColumns: readonly string[] = ['photo_id', 'anchor_id', 'negative_id']

/** One row as it was and as it is; null where there is none. */
export interface RowChange {
  readonly table: LabelTable
  readonly before: Row | null
  readonly after: Row | null
}
