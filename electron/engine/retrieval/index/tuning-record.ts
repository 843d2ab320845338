import { z } from 'zod'
import type { HeadId } from '../../../shared/ids.ts'
import type { IndexTuning } from '../../../shared/results.ts'
import type { Settings } from '../../library/catalog/settings.ts'

const KEY = 'indexTuning'

const rowSchema = z.object({
  index: z.string(),
  lists: z.int(),
  nprobe: z.int(),
  p50Micros: z.number(),
  p95Micros: z.number(),
  recallAt10: z.number(),
  recallAt100: z.number(),
  buildSeconds: z.number(),
  bytes: z.number(),
  chosen: z.boolean(),
})

const recordSchema = z.object({
  head: z.int(),
  measuredAt: z.number(),
  vectors: z.int(),
  dimension: z.int(),
  queries: z.int(),
  reason: z.string(),
  rows: z.array(rowSchema).readonly(),
})

/** Returns the last tuning of this version's index. */
export function readTuning(settings: Settings, head: HeadId): IndexTuning | undefined {
  try {
    const { head: measured, ...tuning } = recordSchema.parse(JSON.parse(settings.text(KEY) ?? 'null'))
    return measured === head ? tuning : undefined
  } catch {
    return undefined
  }
}

/** Keeps it in the place of the tuning before, of whichever version that was. */
export function writeTuning(settings: Settings, head: HeadId, tuning: IndexTuning): void {
  settings.set(KEY, JSON.stringify({ head, ...tuning } satisfies z.infer<typeof recordSchema>))
}
