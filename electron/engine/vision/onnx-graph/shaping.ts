import * as tf from '@tensorflow/tfjs-core'
import { Misfit } from './invalid.ts'
import { need, settingOf, unary, type Operator } from './operator.ts'
import { sizeOf } from './tensor.ts'
import {
  asImages,
  axisOf,
  imageAxis,
  inFileOrder,
  needIntegers,
  needTensor,
  rankOf,
  reshaped,
  shapeOf,
  toFileOrder,
  toImages,
  type Value,
} from './value.ts'

/** Reshapes to two dimensions: those before the axis, and the others. */
export const flatten = unary((input, { attributes }) => {
  const shape = shapeOf(input)
  const given = attributes.int('axis', 1)
  const axis = given === shape.length ? given : axisOf(given, shape.length)
  return reshaped(input, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))])
})

export const reshape: Operator = ({ attributes }) => {
  const zeroStays = attributes.int('allowzero', 0) === 0
  return {
    run(inputs) {
      const input = need(inputs, 0)
      const old = shapeOf(input)
      const shape = needIntegers(need(inputs, 1)).values.map((length, i) =>
        length === 0 && zeroStays ? (old[i] ?? 0) : length,
      )
      const open = shape.indexOf(-1)
      if (open >= 0) shape[open] = sizeOf(old) / sizeOf(shape.toSpliced(open, 1))
      return reshaped(input, shape)
    },
  }
}

export const squeeze: Operator = (node, graph) => {
  const axes = settingOf(node, graph, 'axes', 1)
  return {
    reads: [0],
    run(inputs) {
      const input = need(inputs, 0)
      const shape = shapeOf(input)
      const gone = new Set(axes?.map(axis => axisOf(axis, shape.length)))
      if ([...gone].some(axis => shape[axis] !== 1)) throw new Misfit('only dimensions of 1 can be left out')
      return reshaped(
        input,
        shape.filter((length, axis) => (axes ? !gone.has(axis) : length !== 1)),
      )
    },
  }
}

export const unsqueeze: Operator = (node, graph) => {
  const axes = settingOf(node, graph, 'axes', 1)
  if (!axes) throw new Misfit('it is not said where to add dimensions')
  return {
    reads: [0],
    run(inputs) {
      const input = need(inputs, 0)
      const rest = [...shapeOf(input)]
      const rank = rest.length + axes.length
      const added = new Set(axes.map(axis => axisOf(axis, rank)))
      return reshaped(
        input,
        Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1))),
      )
    },
  }
}

export const transpose = unary((input, { attributes }) => {
  const tensor = toFileOrder(input)
  const order = attributes.ints('perm') ?? [...tensor.shape.keys()].reverse()
  const isOrder =
    order.length === tensor.rank && order.toSorted((a, b) => a - b).every((axis, i) => axis === i)
  if (!isOrder) throw new Misfit(`${order.join(', ')} is no order of ${tensor.rank} axes`)
  return inFileOrder(tf.transpose(tensor, order))
})

export const concat: Operator = ({ attributes }) => {
  const given = attributes.int('axis', 0)
  return {
    run(inputs) {
      const values = inputs.map((_, i) => need(inputs, i))
      const axis = axisOf(given, rankOf(need(values, 0)))
      if (values.every(value => value.kind === 'integers')) {
        if (values.some(value => value.shape.length !== 1))
          throw new Misfit('only rows of whole numbers can be joined')
        const joined = values.flatMap(value => value.values)
        return { kind: 'integers', shape: [joined.length], values: joined }
      }
      return values.every(value => needTensor(value).channelsLast)
        ? asImages(tf.concat(values.map(toImages), imageAxis(axis)))
        : inFileOrder(tf.concat(values.map(toFileOrder), axis))
    },
  }
}

/** Returns the shape as integers: exporters compute from it what `Reshape` takes. */
export const shape = unary((input, { attributes }) => {
  const all = shapeOf(input)
  const values = all.slice(
    attributes.int('start', 0),
    attributes.has('end') ? attributes.int('end', 0) : undefined,
  )
  return { kind: 'integers', shape: [values.length], values }
})

/** Picks integers of a shape only. */
export const gather: Operator = ({ attributes }) => {
  if (attributes.int('axis', 0) !== 0) throw new Misfit('only numbers of a shape can be picked')
  return {
    run(inputs): Value {
      const { values } = needIntegers(need(inputs, 0))
      const { shape, values: places } = needIntegers(need(inputs, 1))
      return { kind: 'integers', shape, values: places.map(place => values[axisOf(place, values.length)]!) }
    },
  }
}
