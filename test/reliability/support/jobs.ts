import { setTimeout as wait } from 'node:timers/promises'
import { KindredError } from '../../../electron/shared/errors.ts'
import type { RpcClient } from '../../../electron/shared/rpc-client.ts'

/** No job of a small library takes this long, however busy the machine is. */
const HANGS_AFTER_MS = 180_000

/**
 * Waits for the end of a job. One that gives way to other work on this machine is told to go on.
 * @throws KindredError the error that it ended with
 */
export async function jobEnd(client: RpcClient, id: number): Promise<void> {
  const until = performance.now() + HANGS_AFTER_MS
  for (;;) {
    const { jobs } = await client.call('jobs.list', {})
    const job = jobs.find(other => other.id === id)
    if (!job) throw new Error(`Job ${id} is not in the list.`)
    if (job.error) throw new KindredError(job.error.code, job.error.message)
    if (job.state === 'done') return
    if (job.state === 'paused') await client.call('jobs.resume', { id })
    if (performance.now() > until)
      throw new Error(`Job ${id}, ${job.kind}, hangs in “${job.progress.phase}”.`)
    await wait(20)
  }
}
