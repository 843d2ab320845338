/** What dragged photos are called in a drag: their ids, as JSON. */
export const DRAGGED_PHOTOS = 'application/x-kindred-photos'
