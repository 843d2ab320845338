/** To be raised when thumbnails, colours or network inputs change: what an older pipeline made is then made again. */
export const PIPELINE_VERSION = 1
