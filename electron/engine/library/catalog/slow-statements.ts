/** @file Notices statements that hold up the thread, so that a log tells which one and why. */
import type { Database, Statement } from 'better-sqlite3'

/** Milliseconds above which a statement counts as slow. */
const SLOW_MS = 40
/** Milliseconds for which the same statement is not reported again. */
const QUIET_MS = 60_000

/** A statement that took long. Never with the values of its parameters: they are paths and names. */
export interface SlowStatement {
  readonly millis: number
  readonly sql: string
  /** SQLite's query plan, step by step (https://www.sqlite.org/eqp.html). */
  readonly plan: readonly string[]
}

type Report = (slow: SlowStatement) => void

const reports = new WeakMap<Database, Report>()

/** Lets the statements that are prepared from now on be timed. */
export function timeStatements(db: Database): Database {
  const prepare = db.prepare.bind(db)
  let timed: object | undefined
  db.prepare = ((sql: string) => {
    const statement = prepare(sql)
    timed ??= timedMethods(db, prepare, Object.getPrototypeOf(statement) as Statement)
    // One object for all statements: V8 then sees a single kind of them.
    return Object.setPrototypeOf(statement, timed) as Statement
  }) as Database['prepare']
  return db
}

/** Calls the function with each statement that takes long on this connection. */
export function onSlowStatement(db: Database, report: Report): void {
  reports.set(db, report)
}

type Run = (this: Statement, ...parameters: unknown[]) => unknown

function timedMethods(db: Database, prepare: Database['prepare'], plain: Statement): object {
  const lastReport = new Map<string, number>()
  const tell = (statement: Statement, parameters: unknown[], ended: number, millis: number): void => {
    const report = reports.get(db)
    const { source: sql } = statement
    if (!report || ended - (lastReport.get(sql) ?? -QUIET_MS) < QUIET_MS) return
    lastReport.set(sql, ended)
    report({
      millis: Math.round(millis),
      sql: sql.replace(/\s+/g, ' ').trim(),
      plan: planOf(sql, parameters),
    })
  }
  const planOf = (sql: string, parameters: unknown[]): string[] => {
    try {
      const rows = prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters)
      return rows.map(({ detail }) => detail)
    } catch {
      // The statement itself has failed, or the connection is reading.
      return []
    }
  }
  const timed = (run: Run): Run =>
    function (...parameters) {
      const started = performance.now()
      try {
        return run.apply(this, parameters)
      } finally {
        const ended = performance.now()
        if (ended - started > SLOW_MS) tell(this, parameters, ended, ended - started)
      }
    }
  const { get, all, run } = plain as unknown as Record<'get' | 'all' | 'run', Run>
  return Object.assign(Object.create(plain) as object, { get: timed(get), all: timed(all), run: timed(run) })
}
