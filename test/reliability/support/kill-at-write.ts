/**
 * @file Preloaded (`node --import`) into a program under attack: kills it without warning at its n-th write, or a moment
 * after that, in the midst of what native code does then. Counted are calls that change files or the catalog, of all
 * threads. Without a number it only counts, and leaves the count in a file.
 */
import Database from 'better-sqlite3'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { getEnvironmentData, isMainThread, setEnvironmentData, Worker } from 'node:worker_threads'

const { KILL_AT_WRITE, KILL_AFTER_MS, WRITES_FILE } = process.env
const KEY = 'writes of all threads'

/** Slots of the shared state: writes so far; 1 once the killing thread shall count down; never changes. */
const [WRITES, ARMED, NEVER] = [0, 1, 2]

if (isMainThread) {
  const shared = new Int32Array(new SharedArrayBuffer(12))
  setEnvironmentData(KEY, shared)
  if (KILL_AT_WRITE !== undefined) startKiller(shared, Number(KILL_AFTER_MS ?? 0))
  if (WRITES_FILE !== undefined) {
    const { writeFileSync } = fs
    process.on('exit', () => writeFileSync(WRITES_FILE, String(shared[WRITES])))
  }
}
const state = getEnvironmentData(KEY) as Int32Array<SharedArrayBuffer>
const last = Number(KILL_AT_WRITE ?? NaN)

/** A thread of its own: the others may be inside native code when the moment comes. */
function startKiller(shared: Int32Array, afterMs: number): void {
  const source = `
    const { shared, afterMs } = require('node:worker_threads').workerData
    Atomics.wait(shared, ${ARMED}, 0)
    Atomics.wait(shared, ${NEVER}, 0, afterMs)
    process.kill(process.pid, 'SIGKILL')`
  new Worker(source, { eval: true, execArgv: [], workerData: { shared, afterMs } }).unref()
}

function beforeWrite(): void {
  if (Atomics.add(state, WRITES, 1) + 1 !== last) return
  Atomics.store(state, ARMED, 1)
  Atomics.notify(state, ARMED)
  // The write itself is not made where the kill comes at once.
  if (Number(KILL_AFTER_MS ?? 0) === 0) Atomics.wait(state, NEVER, 0)
}

type Methods = Record<string, (...parameters: unknown[]) => unknown>

function watch(owner: object, names: readonly string[]): void {
  const methods = owner as Methods
  for (const name of names) {
    const original = methods[name]!
    methods[name] = function (this: unknown, ...parameters) {
      beforeWrite()
      return original.apply(this, parameters)
    }
  }
}

const sync = ['writeSync', 'writeFileSync', 'renameSync', 'rmSync', 'unlinkSync', 'mkdirSync', 'fsyncSync']
watch(fs, [...sync, 'copyFileSync', 'appendFileSync'])
watch(fs.promises, ['writeFile', 'rename', 'rm', 'unlink', 'mkdir', 'copyFile', 'appendFile'])
syncBuiltinESMExports()

watch(Database.prototype, ['exec', 'pragma'])
const memory = new Database(':memory:')
watch(Object.getPrototypeOf(memory.prepare('SELECT 1')) as object, ['run'])
memory.close()
