import { growth, runForLeaks } from '../support/leak.ts'

/** Memory after 10,000 queries and 20,000 imports: what the engine holds at the start and the end of each, and its growth. */
const report = await runForLeaks({ queries: 10_000, imports: 20_000, shares: 20 })
const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
for (const kind of ['queries', 'imports'] as const) {
  const samples = report[kind]
  const [first, last] = [samples[Math.floor(samples.length / 3)]!, samples.at(-1)!]
  console.log(
    `${last.done} ${kind}: heap ${megabytes(first.heap)} → ${megabytes(last.heap)} MB, resident ${megabytes(first.resident)} → ` +
      `${megabytes(last.resident)} MB after a third and at the end; growth ${growth(samples, 'heap').toFixed(0)} bytes of heap, ` +
      `${growth(samples, 'resident').toFixed(0)} of the process for each`,
  )
}
