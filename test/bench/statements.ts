import Database from 'better-sqlite3'
import { timeStatements } from '../../electron/engine/library/catalog/slow-statements.ts'

/** What it costs short statements that slow ones are noticed: a read by primary key, timed and plain in turns. */
const ROUNDS = 40
const CALLS = 50_000

type Reader = Database.Statement<[number], { text: string }>

function reader(prepare: (db: Database.Database) => Database.Database): Reader {
  const db = prepare(new Database(':memory:'))
  db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)')
  const insert = db.prepare<[string]>('INSERT INTO note (text) VALUES (?)')
  for (let i = 0; i < 1000; i++) insert.run(`note ${i}`)
  return db.prepare<[number], { text: string }>('SELECT text FROM note WHERE id = ?')
}

function microseconds(statement: Reader): number {
  const { user, system } = process.threadCpuUsage()
  for (let i = 0; i < CALLS; i++) statement.get(1 + (i % 1000))
  const used = process.threadCpuUsage()
  return (used.user + used.system - user - system) / CALLS
}

const [plain, timed] = [reader(db => db), reader(timeStatements)]
let [least, leastTimed] = [Infinity, Infinity]
for (let round = 0; round < ROUNDS; round++) {
  least = Math.min(least, microseconds(plain))
  leastTimed = Math.min(leastTimed, microseconds(timed))
}
const cost = ((leastTimed - least) * 1000).toFixed(0)
console.log(
  `a read by key: ${least.toFixed(2)} µs plain, ${leastTimed.toFixed(2)} µs timed; ${cost} ns more, ratio ${(leastTimed / least).toFixed(3)}`,
)
