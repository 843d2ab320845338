/** The part of a process or thread that reports what nobody handled. */
export interface RejectionSource {
  on(event: 'unhandledRejection', listener: (reason: unknown) => void): unknown
}

/**
 * Keeps a process running after a rejection that nobody handled, which by default would end it: it concerns the piece of
 * work that failed, while the library is kept by transactions. An exception that nobody caught is another matter: it may
 * have left anything half done, so it ends the process, and the host starts another.
 * @param report is given the error with its stack
 */
export function surviveRejections(source: RejectionSource, report: (text: string) => void): void {
  source.on('unhandledRejection', reason => {
    report(
      `A rejection was not handled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
    )
  })
}
