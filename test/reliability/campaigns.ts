import type { Campaign } from './campaign.ts'
import { killImport } from './kill-import.ts'

/** All campaigns, in the order of the table. */
export const campaigns: readonly Campaign[] = [killImport]
