import { WorkerClient } from '../runtime/threads/rpc.ts'
import { workerFile } from '../runtime/threads/worker-file.ts'
import type { ExamineWorkerApi } from './examine.worker.ts'

/** Milliseconds that closing waits for the thread: a drive that does not respond may block it for ever. */
const CLOSING = 500

export type ExamineThread = WorkerClient<ExamineWorkerApi>

/** Runs the work with a thread that examines libraries, and ends the thread. */
export async function withExamineThread<T>(work: (thread: ExamineThread) => Promise<T>): Promise<T> {
  const thread = new WorkerClient<ExamineWorkerApi>(workerFile('examine', import.meta.url))
  try {
    return await work(thread)
  } finally {
    await thread.close(CLOSING)
  }
}
