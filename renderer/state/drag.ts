/** The type of photos in the data of a drag: their ids, as JSON. */
export const DRAGGED_PHOTOS = 'application/x-kindred-photos'
/** The type of a drag that holds the id of an album. */
export const DRAGGED_ALBUM = 'application/x-kindred-album'
