import { existsSync, readFileSync, statSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { basename, dirname, extname, join } from 'node:path'
import { KindredError } from '../../shared/errors.ts'
import { parseNetworkCard } from '../embed/model-card.ts'
import type { NetworkWish } from './network-probe.ts'

/** A network to be brought in. */
export interface NetworkSource {
  readonly file: string
  readonly name: string
  readonly wish: NetworkWish
}

const LARGEST = 2 ** 30
const LARGEST_CARD = 2 ** 20

/** Whether a file is a network, or the card of one, rather than a head. */
export const isNetworkFile = (file: string): boolean =>
  ['.onnx', '.json'].includes(extname(file).toLowerCase())

/**
 * A network by its file or its card. A card beside the file, of the same name, is read unless something is said instead.
 * @throws KindredError `network-invalid`, `model-invalid`
 */
export function networkSource(file: string, wish: NetworkWish, name?: string): NetworkSource {
  const isCard = extname(file).toLowerCase() === '.json'
  const beside = file.replace(/\.onnx$/i, '.json')
  const cardFile = isCard ? file : existsSync(beside) && !isSaid(wish) ? beside : undefined
  if (cardFile === undefined) return { file, name: name ?? basename(file, extname(file)), wish }
  const card = parseNetworkCard(cardFile, readNetwork(cardFile, LARGEST_CARD).toString('utf8'))
  const network = join(dirname(cardFile), card.file)
  if (createHash('sha256').update(readNetwork(network)).digest('hex') !== card.sha256)
    throw new KindredError(
      'network-invalid',
      `The network ${network} is not the one that its card speaks of.`,
    )
  const { size, mean, std } = card.input
  return { file: network, name: name ?? card.name, wish: { size, mean, std } }
}

/** @throws KindredError `network-invalid` */
export function readNetwork(file: string, largest = LARGEST): Buffer {
  try {
    const entry = statSync(file)
    // What is no file, such as a pipe, may never end.
    if (!entry.isFile()) throw new Error('It is no file.')
    if (entry.size <= largest) return readFileSync(file)
  } catch (error) {
    throw new KindredError('network-invalid', `The file ${file} cannot be read.`, { cause: error })
  }
  throw new KindredError('network-invalid', `The file ${file} is larger than ${largest / 2 ** 20} MB.`)
}

const isSaid = ({ size, mean, std }: NetworkWish): boolean =>
  size !== undefined || mean !== undefined || std !== undefined
