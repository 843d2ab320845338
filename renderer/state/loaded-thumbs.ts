/** Thumbnails that were shown before: the browser still has them, so they need neither a pause nor a fade. */
export const loadedThumbs = new Set<string>()
