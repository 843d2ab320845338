import { basename, extname } from 'node:path'
import { parentPort, Worker, type Transferable } from 'node:worker_threads'
import {
  asKindredError,
  fromPlainError,
  KindredError,
  toPlainError,
  type PlainError,
} from '../../../shared/errors.ts'
import { surviveRejections } from '../../../shared/rejections.ts'
import { endThread, watchThread } from './hanging.ts'

/** The methods of a worker thread: plain functions over values that can be cloned or transferred. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the arguments are typed by each worker's own interface
export type WorkerApi = Record<string, (...args: any[]) => unknown>

export interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

export type Reply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: PlainError }

/** A result together with the buffers in it that are moved instead of copied. */
export class Transferred<T> {
  readonly value: T
  readonly buffers: readonly Transferable[]

  constructor(value: T, buffers: readonly Transferable[]) {
    this.value = value
    this.buffers = buffers
  }
}

type Unwrapped<V> = V extends Transferred<infer T> ? T : V
type Result<F> = F extends (...args: never[]) => infer R ? Unwrapped<Awaited<R>> : never
type Arguments<F> = F extends (...args: infer A) => unknown ? A : never

type Post = (reply: Reply, buffers: readonly Transferable[]) => void
type Schedule = (answer: () => Promise<void>) => void

/** Runs the calls of a {@link WorkerClient} one after the other. Called inside the worker thread. */
export function serveWorker(api: WorkerApi): void {
  serveThread(api, inTurn())
}

/** The same, each call at once: for work that runs elsewhere, such as in libuv's pool. */
export function serveWorkerAtOnce(api: WorkerApi): void {
  serveThread(api, answer => void answer())
}

/** The same in a process of its own, which ends with the one that started it. */
export function serveProcess(api: WorkerApi): void {
  surviveRejections(process, text => process.stderr.write(`${text}\n`))
  process.on(
    'message',
    answering(api, reply => process.send!(reply, undefined, undefined, () => undefined), inTurn()),
  )
  // An ordinary exit waits for threads, of which one may be in a long call of native code.
  const end = (): boolean => process.kill(process.pid, 'SIGKILL')
  process.once('disconnect', end)
  if (!process.connected) end()
  // Ctrl-C reaches every process of the terminal; this one must not look as if it had crashed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)
}

function serveThread(api: WorkerApi, schedule: Schedule): void {
  const port = parentPort
  if (!port) throw new Error('A worker is served in a worker thread only')
  surviveRejections(process, text => process.stderr.write(`${text}\n`))
  port.on(
    'message',
    answering(api, (reply, buffers) => port.postMessage(reply, buffers), schedule),
  )
}

function inTurn(): Schedule {
  let last: Promise<void> = Promise.resolve()
  return answer => {
    last = last.then(answer)
  }
}

function answering(api: WorkerApi, post: Post, schedule: Schedule): (call: Call) => void {
  const answer = async ({ id, method, args }: Call): Promise<void> => {
    try {
      const result = await api[method]?.(...args)
      if (result instanceof Transferred) post({ id, value: result.value }, result.buffers)
      else post({ id, value: result }, [])
    } catch (error) {
      post({ id, error: toPlainError(asKindredError(error)) }, [])
    }
  }
  return call => schedule(() => answer(call))
}

/** The caller's side of a worker thread. When the thread dies, all pending calls are rejected. */
export class WorkerClient<Api extends WorkerApi> {
  readonly #worker: Worker
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>()
  #nextId = 1
  readonly #ended = Promise.withResolvers<undefined>()
  #gone: KindredError | undefined

  /** @param file the thread's entry, see worker-file.ts */
  constructor(file: URL) {
    const name = basename(file.pathname, extname(file.pathname)).replace(/\.worker$/, '')
    this.#worker = new Worker(file, { name: `kindred-${name}` })
    watchThread(this.#worker)
    this.#worker.on('message', (reply: Reply) => this.#settle(reply))
    this.#worker.on('error', (error: Error) => this.#fail(`The ${name} worker failed: ${error.message}`))
    this.#worker.on('exit', () => {
      this.#fail(`The ${name} worker has ended.`)
      this.#ended.resolve(undefined)
    })
    // Must come last: adding a message listener would keep the process alive again.
    this.#worker.unref()
  }

  get alive(): boolean {
    return this.#gone === undefined
  }

  async call<M extends keyof Api & string>(method: M, ...args: Arguments<Api[M]>): Promise<Result<Api[M]>> {
    return this.callWith([], method, ...args)
  }

  /** The same, with buffers that are moved into the thread: the caller must not use them again. */
  async callWith<M extends keyof Api & string>(
    buffers: readonly Transferable[],
    method: M,
    ...args: Arguments<Api[M]>
  ): Promise<Result<Api[M]>> {
    if (this.#gone) throw this.#gone
    const id = this.#nextId++
    const waiting = Promise.withResolvers<unknown>()
    // Throws for values that cannot be cloned; then there is nothing to wait for.
    this.#worker.postMessage({ id, method, args } satisfies Call, buffers)
    this.#pending.set(id, waiting)
    if (this.#pending.size === 1) this.#worker.ref()
    return (await waiting.promise) as Result<Api[M]>
  }

  /** Resolves when the thread is gone. */
  get ended(): Promise<undefined> {
    return this.#ended.promise
  }

  /** @param patience milliseconds to wait for a thread that may hang in a call of the system */
  async close(patience = Infinity): Promise<void> {
    this.#fail('The worker was closed.')
    await endThread(this.#worker, patience)
  }

  #settle(reply: Reply): void {
    const waiting = this.#pending.get(reply.id)
    // A late reply after close(): unref'ing the thread now would leave nothing waiting for its end.
    if (!waiting) return
    this.#pending.delete(reply.id)
    if (this.#pending.size === 0) this.#worker.unref()
    if ('error' in reply) waiting.reject(fromPlainError(reply.error))
    else waiting.resolve(reply.value)
  }

  #fail(message: string): void {
    this.#gone ??= new KindredError('worker-gone', message)
    for (const waiting of this.#pending.values()) waiting.reject(this.#gone)
    this.#pending.clear()
  }
}
