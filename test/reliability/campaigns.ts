import type { Campaign } from './campaign.ts'

/** All campaigns, in the order of the table. */
export const campaigns: readonly Campaign[] = []
