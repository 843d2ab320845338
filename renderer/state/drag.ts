/** The type of photos in the data of a drag: their ids, as JSON. */
export const DRAGGED_PHOTOS = 'application/x-kindred-photos'
