import { z } from 'zod'
import type { HeadId } from '../../../shared/ids.ts'
import { tuningReasons, type IndexTuning } from '../../../shared/results.ts'
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

/** What early releases recorded in place of the code. */
const wordedReasons: Readonly<Record<string, IndexTuning['reason']>> = {
  'Exact search is fast enough.': 'fast-enough',
  'Nothing faster finds enough of what exact search finds.': 'nothing-faster',
  'The fastest that finds what exact search finds.': 'fastest',
}

const reasonSchema = z.preprocess(reason => {
  const words = String(reason)
  return words.startsWith('This machine has ') ? 'exact-only' : (wordedReasons[words] ?? reason)
}, z.enum(tuningReasons))

const recordSchema = z.object({
  head: z.int(),
  measuredAt: z.number(),
  vectors: z.int(),
  dimension: z.int(),
  queries: z.int(),
  reason: reasonSchema,
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
