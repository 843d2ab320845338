/** Raise it when thumbnails, colours or network inputs change: what was made by an older one is made anew. */
export const PIPELINE_VERSION = 1
