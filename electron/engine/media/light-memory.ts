import { availableMemory } from '../runtime/memory.ts'

/** Bytes that one decoding beside the engine may take; a larger one gets a process of its own. */
export function lightMemory(): number {
  if (performance.now() > measured.at + MEASURED_MS)
    measured = { at: performance.now(), bytes: availableMemory() / 8 }
  return Math.min(LARGEST_LIGHT, Math.max(SMALLEST_LIGHT, measured.bytes))
}

/** Milliseconds for which a measurement holds. */
const MEASURED_MS = 1000
let measured = { at: -Infinity, bytes: 0 }

const LARGEST_LIGHT = 2 ** 30
const SMALLEST_LIGHT = 48 * 2 ** 20
