import { z } from 'zod'
import { gateReasons, type TrainingReport } from '../../../shared/training-report.ts'

const gain = z.object({ mean: z.number(), interval: z.tuple([z.number(), z.number()]) })

/** The gate's decision in codes and figures. */
const decision = z.looseObject({
  accepted: z.boolean(),
  reason: z.enum(gateReasons),
  reasonFigures: z.object({
    queries: z.number(),
    mapAtRBefore: z.number().optional(),
    mapAtR: gain,
    rPrecision: gain,
  }),
  advice: z.array(
    z.discriminatedUnion('code', [
      z.object({ code: z.enum(['add-photos', 'label-more-kinds', 'check-albums']) }),
      z.object({ code: z.literal('fill-album'), album: z.string(), needs: z.number() }),
    ]),
  ),
})

/** The decision in sentences, as early releases stored it. */
const wordedDecision = z.looseObject({
  accepted: z.boolean(),
  reason: z.string(),
  reasonFigures: z.undefined().optional(),
  advice: z.array(z.string()),
})

const storedReport = z.union([decision, wordedDecision])

/** Returns the report of a training as the catalog keeps it. Its figures have had the same form in all releases. */
export const parseStoredReport = (text: string): TrainingReport =>
  storedReport.parse(JSON.parse(text)) as unknown as TrainingReport
