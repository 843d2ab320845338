import { workerData } from 'node:worker_threads'
import type { RenderTask } from './render-samples.ts'
import { writeSamples } from './samples.ts'

const { folder, ...options } = workerData as RenderTask
await writeSamples(folder, options)
