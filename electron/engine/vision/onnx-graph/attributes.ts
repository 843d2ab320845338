import { Misfit } from './invalid.ts'
import type { AttributeProto } from './schema.ts'
import { readTensor, toNumber, type OnnxTensor } from './tensor.ts'

/** `AttributeProto.AttributeType` */
export const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const

type AttributeType = keyof typeof attributeTypes

/** The attributes of one node. Each getter throws a `Misfit` where the attribute is of another type. */
export class Attributes {
  readonly #attributes: ReadonlyMap<string, AttributeProto>

  constructor(attributes: readonly AttributeProto[]) {
    this.#attributes = new Map(attributes.map(attribute => [attribute.name, attribute]))
  }

  has(name: string): boolean {
    return this.#attributes.has(name)
  }

  int(name: string, fallback: number): number {
    const attribute = this.#get(name, 'int')
    return attribute ? toNumber(attribute.i) : fallback
  }

  ints(name: string): number[] | undefined {
    return this.#get(name, 'ints')?.ints.map(toNumber)
  }

  float(name: string, fallback: number): number {
    return this.#get(name, 'float')?.f ?? fallback
  }

  floats(name: string): number[] | undefined {
    return this.#get(name, 'floats')?.floats
  }

  text(name: string, fallback: string): string {
    const attribute = this.#get(name, 'string')
    return attribute ? Buffer.from(attribute.s).toString('utf8') : fallback
  }

  tensor(name: string): OnnxTensor | undefined {
    const tensor = this.#get(name, 'tensor')?.t
    return tensor ? readTensor(tensor) : undefined
  }

  #get(name: string, type: AttributeType): AttributeProto | undefined {
    const attribute = this.#attributes.get(name)
    if (attribute && attribute.type !== attributeTypes[type])
      throw new Misfit(`"${name}" is of another type than expected`)
    return attribute
  }
}
