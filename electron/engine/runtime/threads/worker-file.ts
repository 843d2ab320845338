import { extname } from 'node:path'

/**
 * The entry file of a thread or process, `name.worker`: it lies beside the module that starts it, in the sources and in
 * the one folder of a built engine.
 * @param from `import.meta.url` of that module
 */
export const workerFile = (name: string, from: string): URL =>
  new URL(`./${name}.worker${extname(from)}`, from)
