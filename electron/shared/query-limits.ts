/** The most photos and images that a query may be like, and the most that it may be unlike. */
export const MOST_EXAMPLES = 32
