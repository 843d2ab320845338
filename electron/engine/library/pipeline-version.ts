/** To be raised when thumbnails, colours or network inputs change: what an older pipeline made is then made again. */
export const PIPELINE_VERSION = 1

/** To be raised when more or other metadata are read: photos are then read again in the background, pixels are not. */
export const METADATA_VERSION = 2

/** The same for what exiftool adds to photos that lack something. */
export const THOROUGH_VERSION = 1
