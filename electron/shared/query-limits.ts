/** The most photos and images that a query may be like, and the most that it may be unlike. */
export const MOST_EXAMPLES = 1000

/** How little and how much an example can count, beside those that count 1. */
export const LEAST_WEIGHT = 0.25
export const MOST_WEIGHT = 4

/** The most values of one condition of a filter, such as cameras; of folders fewer, because each is a range of paths. */
export const MOST_VALUES = 500
export const MOST_FOLDERS = 100

/** Photos of which captions are returned at once: more than a screen shows. */
export const MOST_CAPTIONS = 1000
