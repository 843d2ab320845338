import { extname } from 'node:path'

/** The file of a worker, which lies beside this one: in the sources, and in the folder of a built engine. */
export const workerFile = (name: string): URL =>
  new URL(`./${name}-worker${extname(import.meta.url)}`, import.meta.url)
