/** @file exiftool, one process of it: it reads what the quick readers do not know, and never writes. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { fsPath, type FilePath } from '../../library/paths.ts'
import { vendoredExiftool } from './vendored-exiftool.ts'

/** Milliseconds that one file may take. */
const PATIENCE = 15_000
/** Characters of a result at most. */
const LONGEST = 4 * 2 ** 20

/** Options for every file. `#` asks for numbers. */
const options = [
  '-json',
  '-fast',
  '-charset',
  'filename=utf8',
  ...['DateTimeOriginal', 'CreateDate', 'OffsetTimeOriginal', 'SubSecTimeOriginal'],
  ...['GPSLatitude#', 'GPSLongitude#', 'Make', 'Model', 'LensID', 'LensModel', 'Lens'],
  ...['ExposureTime#', 'FNumber#', 'ISO#', 'FocalLength#', 'FocalLengthIn35mmFormat#', 'Orientation#'],
  // What videos have: beside their own, the names that Android gives.
  ...['MIMEType', 'CreationDate', 'ContentCreateDate', 'DateCreated', 'AndroidMake', 'AndroidModel'],
  ...['Title', 'Description', 'Subject', 'Keywords', 'Rating#', 'Software'],
].map(option => (option.startsWith('-') || option.includes('=') ? option : `-${option}`))

/** Tags by their names, as exiftool prints them. */
export type ExiftoolTags = Readonly<Record<string, unknown>>

/** Runs while it is used. It ends when its input closes: with this process, whatever ends that. */
export class Exiftool {
  #process: ChildProcessWithoutNullStreams | undefined
  #count = 0

  /** Whether it can run here: on Linux and macOS it needs Perl. */
  static async isThere(): Promise<boolean> {
    const command = commandLine()
    if (!command) return false
    return new Promise(resolve => {
      const child = spawn(command[0]!, [...command.slice(1), '-ver'], { stdio: 'ignore', windowsHide: true })
      child.once('error', () => resolve(false))
      child.once('exit', status => resolve(status === 0))
    })
  }

  /** Reads a file; undefined where exiftool cannot, or takes too long. */
  async read(path: FilePath): Promise<ExiftoolTags | undefined> {
    // A line is an argument.
    if (/[\r\n]/.test(path)) return undefined
    const child = (this.#process ??= this.#start())
    const number = ++this.#count
    const text = await new Promise<string | undefined>(resolve => {
      const done = `{ready${number}}`
      let output = ''
      const end = (result: string | undefined): void => {
        clearTimeout(timer)
        child.stdout.off('data', take)
        child.off('exit', fail)
        child.off('error', fail)
        if (result === undefined) this.#kill(child)
        resolve(result)
      }
      const take = (part: string): void => {
        output += part
        const at = output.indexOf(done)
        if (at >= 0) end(output.slice(0, at))
        else if (output.length > LONGEST) end(undefined)
      }
      const fail = (): void => end(undefined)
      const timer = setTimeout(fail, PATIENCE)
      child.stdout.on('data', take)
      child.once('exit', fail)
      child.once('error', fail)
      const request = [...options, '', `-execute${number}`, '']
      const at = request.indexOf('')
      child.stdin.write(`${request.slice(0, at).join('\n')}\n`)
      child.stdin.write(fsPath(path))
      child.stdin.write(`\n${request.slice(at + 1).join('\n')}`)
    })
    return text === undefined ? undefined : parse(text)
  }

  /** Of the process, while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  close(): void {
    this.#process?.stdin.end()
    this.#process = undefined
  }

  #start(): ChildProcessWithoutNullStreams {
    const [program, ...args] = commandLine() ?? ['exiftool']
    const child = spawn(program!, [...args, '-stay_open', 'True', '-@', '-'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    })
    child.stdout.setEncoding('utf8')
    // What it complains of is in the result as well.
    child.stderr.resume()
    // A process that has gone is noticed by its exit.
    child.stdin.on('error', () => undefined)
    child.on('error', () => undefined)
    return child
  }

  #kill(child: ChildProcessWithoutNullStreams): void {
    child.kill('SIGKILL')
    if (this.#process === child) this.#process = undefined
  }
}

function commandLine(): string[] | undefined {
  const program = vendoredExiftool()?.program
  if (program === undefined) return undefined
  return program.endsWith('.exe') ? [program] : ['perl', program]
}

function parse(text: string): ExiftoolTags | undefined {
  try {
    const [tags] = JSON.parse(text) as ExiftoolTags[]
    return tags
  } catch {
    return undefined
  }
}
