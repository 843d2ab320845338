import * as tf from '@tensorflow/tfjs-core'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { resized, usualAugmentation } from '../../../../../electron/engine/learning/deep/augment.ts'
import {
  DeepTrainer,
  type DeepLesson,
  type DeepOptions,
} from '../../../../../electron/engine/learning/deep/deep-trainer.ts'
import { SiameseNetwork } from '../../../../../electron/engine/learning/deep/siamese.ts'
import { embed, headFromParameters, identityHead } from '../../../../../electron/engine/vision/head/head.ts'
import { readModel } from '../../../../../electron/engine/vision/network/model-card.ts'
import { toInputTensor } from '../../../../../electron/engine/vision/network/preprocess.ts'
import { chooseBackend } from '../../../../../electron/engine/vision/tensors/backend.ts'
import { codeOf } from '../../scratch.ts'
import { backends, expectClose, inRuntime } from '../../vision/onnx-graph/runtimes.ts'
import { album, card, head, mapAtR, network, picture, SIZE, softBatchHard, type Album } from './lesson.ts'

const taught = album(12, 'taught')
const heldOut = album(10, 'held out')

const lesson: DeepLesson = {
  model: network(),
  card,
  head: head(),
  classes: taught.classes,
  pixels: photo => taught.photos[photo]!,
  loss: softBatchHard,
  content: [],
}
const options: DeepOptions = {
  steps: 8,
  classesPerBatch: 4,
  photosPerClass: 4,
  learningRate: { backbone: 0.02, head: 0.02 },
  seed: 1,
  augmentation: usualAugmentation,
}

async function train(trainer: DeepTrainer, steps: number): Promise<number[]> {
  const losses: number[] = []
  while (losses.length < steps) losses.push(await trainer.step())
  return losses
}

/** What the exported files answer in ONNX Runtime, and the head after that. */
async function inOtherRuntime(
  { onnx, headParameters }: ReturnType<DeepTrainer['export']>,
  { photos }: Album,
) {
  const rgb = Uint8Array.from(photos.flatMap(photo => [...photo.rgb]))
  const values = toInputTensor(rgb, photos.length, card.input)
  const features = await inRuntime(
    onnx,
    { shape: [photos.length, 3, SIZE, SIZE], values },
    'image',
    'features',
  )
  return embed(headFromParameters(headParameters, card.output.length), features.values)
}

describe('deep trainer: gradients', () => {
  test('equal numerical gradients, for parameters of each kind', async () => {
    await chooseBackend(['wasm'])
    const { photos, classes } = album(3, 'gradients')
    const rgb = Uint8Array.from(photos.flatMap(photo => [...photo.rgb]))
    const siamese = new SiameseNetwork(lesson.model, card, lesson.head)
    const loss = (): tf.Scalar => softBatchHard(siamese.embed(rgb, photos.length), classes)
    const { value, grads } = tf.variableGrads(loss, [...siamese.variables])
    // Larger steps run over the bends of ReLU and of the mining, smaller ones into the rounding of the loss.
    const step = 5e-4
    expect(siamese.variables).toHaveLength(9)
    for (const variable of siamese.variables) {
      const values = variable.dataSync<'float32'>()
      const slopes = grads[variable.name]!.dataSync<'float32'>()
      const steepest = [...slopes.keys()]
        .sort((a, b) => Math.abs(slopes[b]!) - Math.abs(slopes[a]!))
        .slice(0, 6)
      const at = (i: number, moved: number): number => {
        tf.tidy(() => variable.assign(tf.tensor(values.with(i, moved), variable.shape)))
        return tf.tidy(() => loss().dataSync()[0]!)
      }
      const measured = steepest.map(i => (at(i, values[i]! + step) - at(i, values[i]! - step)) / (2 * step))
      const errors = steepest.map((i, n) => slopes[i]! - measured[n]!)
      expect(Math.hypot(...errors)).toBeLessThan(1e-2 * Math.hypot(...measured))
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)))
    }
    tf.dispose([value, grads])
    siamese.dispose()
  })
})

describe('deep trainer: bundled network', () => {
  test('is trained as a whole, and exported as ONNX Runtime runs it', async () => {
    await chooseBackend(['wasm'])
    const { card, file, head } = readModel('resources/models/kindred-1.json')
    const photos = [0, 1, 0, 1].map((kind, i) => picture(kind, i))
    const trainer = new DeepTrainer(
      {
        ...{ model: readFileSync(file), card, head, loss: softBatchHard, content: [] },
        ...{ classes: Int32Array.of(0, 1, 0, 1), pixels: photo => photos[photo]! },
      },
      { ...options, learningRate: { backbone: 1e-4, head: 1e-3 } },
    )
    const before = await trainer.embed(photos)
    const losses = await train(trainer, 3)
    expect(losses[2]).toBeLessThan(losses[0]!)
    const after = await trainer.embed(photos)
    expect(after).not.toEqual(before)
    const { onnx, headParameters } = trainer.export()
    const rgb = Buffer.concat(photos.map(photo => resized(photo, card.input.size)))
    const values = toInputTensor(rgb, photos.length, card.input)
    const features = await inRuntime(
      onnx,
      { shape: [4, 3, card.input.size, card.input.size], values },
      'image',
      'features',
    )
    const theirs = embed(headFromParameters(headParameters, card.output.length), features.values)
    expectClose({ shape: [4, 256], values: after }, { shape: [4, 256], values: theirs }, 1e-5)
    trainer.dispose()
  })
})

describe('deep trainer', () => {
  test('improves on unseen classes, and exports what it learned', async () => {
    await chooseBackend(['wasm'])
    const { augmentation: _, ...unchanged } = options
    const trainer = new DeepTrainer(lesson, { ...unchanged, steps: 300 })
    const before = mapAtR(await trainer.embed(heldOut.photos), heldOut.classes)
    const memory = tf.memory().numTensors
    const losses = await train(trainer, 300)
    expect(tf.memory().numTensors).toBe(memory)
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)) / 5)
    const embeddings = await trainer.embed(heldOut.photos)
    const after = mapAtR(embeddings, heldOut.classes)
    expect(before).toBeLessThan(0.3)
    expect(after).toBeGreaterThan(0.7)

    const exported = trainer.export()
    const theirs = await inOtherRuntime(exported, heldOut)
    const shape = [heldOut.photos.length, 8]
    expectClose({ shape, values: embeddings }, { shape, values: theirs }, 1e-5)
    const again = new DeepTrainer(
      {
        ...lesson,
        model: exported.onnx,
        head: headFromParameters(exported.headParameters, card.output.length),
      },
      options,
    )
    expect(await again.embed(heldOut.photos)).toEqual(embeddings)
    again.dispose()
    trainer.dispose()
  })

  test.each(backends)('resumes from a checkpoint as if it had not stopped (%s)', async backend => {
    await chooseBackend([backend])
    const memory = tf.memory().numTensors
    const steps = backend === 'cpu' ? 2 : 4
    const [whole, first, second] = [1, 2, 3].map(() => new DeepTrainer(lesson, options))
    const losses = await train(whole!, 2 * steps)
    expect(await train(first!, steps)).toEqual(losses.slice(0, steps))
    const checkpoint = first!.checkpoint()
    // Where it went meanwhile is forgotten.
    await train(second!, 1)
    second!.restore(checkpoint)
    expect(second!.stepsDone).toBe(steps)
    expect(second!.checkpoint()).toEqual(checkpoint)
    expect(await train(second!, steps)).toEqual(losses.slice(steps))
    expect(second!.export()).toEqual(whole!.export())
    for (const trainer of [whole, first, second]) trainer!.dispose()
    expect(tf.memory().numTensors).toBe(memory)
  })

  test('changes all of the network and the head', async () => {
    await chooseBackend(['wasm'])
    const trainer = new DeepTrainer(lesson, options)
    const before = trainer.checkpoint()
    await train(trainer, 1)
    const after = trainer.checkpoint()
    const changed = before.subarray(40).filter((byte, i) => byte !== after[40 + i]).length
    expect(changed / (before.length - 40)).toBeGreaterThan(0.5)
    trainer.dispose()
  })

  test('learns nothing at a rate of 0, and something else from another seed', async () => {
    await chooseBackend(['wasm'])
    const still = new DeepTrainer(lesson, { ...options, learningRate: { backbone: 0, head: 0 } })
    const before = still.export()
    await train(still, 2)
    expect(still.export()).toEqual(before)
    const [one, other] = [1, 2].map(seed => new DeepTrainer(lesson, { ...options, seed }))
    expect(await train(one!, 2)).not.toEqual(await train(other!, 2))
    for (const trainer of [still, one, other]) trainer!.dispose()
  })

  test('starts without a projection, and from larger photos', async () => {
    await chooseBackend(['wasm'])
    const large = { size: 32, rgb: new Uint8Array(32 * 32 * 3).fill(100) }
    const trainer = new DeepTrainer({ ...lesson, head: identityHead(16), pixels: async () => large }, options)
    expect(await train(trainer, 1)).toHaveLength(1)
    const row = await trainer.embed([large])
    expect(row).toHaveLength(16)
    expect(Math.hypot(...row)).toBeCloseTo(1, 5)
    expect(trainer.export().headParameters).toHaveLength((16 + 16 * 16) * 4)
    trainer.dispose()
  })

  test('throws where the loss is no number, and keeps its weights', async () => {
    await chooseBackend(['wasm'])
    const broken = new DeepTrainer(
      { ...lesson, loss: rows => tf.log(tf.sub(-1, tf.sum(tf.square(rows)))) },
      options,
    )
    const before = broken.checkpoint()
    expect(await codeOf(() => broken.step())).toBe('runtime-failed')
    expect(broken.checkpoint()).toEqual(before)
    broken.dispose()
    const full = new Error('no memory left')
    const loss = (): never => {
      throw full
    }
    const failing = new DeepTrainer({ ...lesson, loss }, options)
    await expect(failing.step()).rejects.toMatchObject({ code: 'runtime-failed', cause: full })
    failing.dispose()
  })

  test('ends, and refuses the checkpoint of another training', async () => {
    await chooseBackend(['wasm'])
    const trainer = new DeepTrainer(lesson, { ...options, steps: 1 })
    await train(trainer, 1)
    await expect(trainer.step()).rejects.toThrow(/all 1 steps are done/)
    const checkpoint = trainer.checkpoint()
    for (const [changed, with_] of [
      [{ ...lesson, classes: lesson.classes.with(0, 3) }, options],
      [{ ...lesson, content: ['other labels'] }, options],
      [lesson, { ...options, seed: 2 }],
      [lesson, { ...options, steps: 9 }],
    ] as const) {
      const [own, foreign] = [new DeepTrainer(lesson, options), new DeepTrainer(changed, with_)]
      expect(await codeOf(() => foreign.restore(own.checkpoint()))).toBe('model-invalid')
      expect(foreign.stepsDone).toBe(0)
      for (const each of [own, foreign]) each.dispose()
    }
    const other = new DeepTrainer({ ...lesson, model: network(2) }, options)
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('something else'),
      checkpoint,
      other.checkpoint().subarray(0, -4),
    ])
      expect(await codeOf(() => other.restore(bytes))).toBe('model-invalid')
    expect(other.stepsDone).toBe(0)
    trainer.dispose()
    other.dispose()
  })

  test('needs two classes, and a network', async () => {
    await chooseBackend(['wasm'])
    const classes = Int32Array.of(1, 1, 1, 2)
    expect(await codeOf(() => new DeepTrainer({ ...lesson, classes }, options))).toBe('no-albums')
    expect(await codeOf(() => new DeepTrainer({ ...lesson, model: Buffer.from('none') }, options))).toBe(
      'model-invalid',
    )
    expect(picture(0, 1)).toEqual(picture(0, 1))
  })
})

test('deep trainer: the pictures of its tests differ by kind and by seed', () => {
  const all = [0, 1, 2, 3].flatMap(kind => [1, 2].map(seed => picture(kind, seed).rgb.join()))
  expect(new Set(all).size).toBe(8)
})
