import { z } from 'zod'

/** The parameters of a job of kind `train`, as the catalog keeps them. */
export const trainingParametersSchema = z.object({
  seed: z.int(),
  /** Whether the whole network is trained, and not its head alone. */
  deep: z.boolean().default(false),
})
export type TrainingParameters = Readonly<z.input<typeof trainingParametersSchema>>
