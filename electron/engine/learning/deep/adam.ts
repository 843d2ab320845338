import * as tf from '@tensorflow/tfjs-core'

/** Variables with one learning rate. */
export interface LearningGroup {
  readonly variables: readonly tf.Variable[]
  readonly rate: number
}

interface Learner {
  readonly variable: tf.Variable
  readonly rate: number
  readonly mean: tf.Variable
  readonly variance: tf.Variable
}

const MEAN_DECAY = 0.9
const VARIANCE_DECAY = 0.999
const EPSILON = 1e-8

/**
 * Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014). The one of TensorFlow.js has a single learning
 * rate, and resumes with other values than it had stopped at.
 */
export class Adam {
  readonly #learners: readonly Learner[]

  constructor(groups: readonly LearningGroup[]) {
    this.#learners = groups.flatMap(({ variables, rate }) =>
      variables.map(variable => ({ variable, rate, mean: zerosFor(variable), variance: zerosFor(variable) })),
    )
  }

  /** Its state, part of a checkpoint. */
  get state(): readonly tf.Variable[] {
    return this.#learners.flatMap(({ mean, variance }) => [mean, variance])
  }

  /**
   * Takes a step against the gradients.
   * @param gradients by the names of the variables
   * @param step how many steps came before
   * @param pace factor on all learning rates
   */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, step: number, pace: number): void {
    const meanShare = 1 - MEAN_DECAY ** (step + 1)
    const varianceShare = 1 - VARIANCE_DECAY ** (step + 1)
    tf.tidy(() => {
      for (const { variable, rate, mean, variance } of this.#learners) {
        const gradient = gradients[variable.name]
        if (!gradient) continue
        mean.assign(blend(mean, gradient, MEAN_DECAY))
        variance.assign(blend(variance, tf.square(gradient), VARIANCE_DECAY))
        const size = tf.add(tf.sqrt(tf.div(variance, varianceShare)), EPSILON)
        variable.assign(tf.sub(variable, tf.mul(tf.div(mean, size), (rate * pace) / meanShare)))
      }
    })
  }

  dispose(): void {
    tf.dispose([...this.state])
  }
}

const zerosFor = (variable: tf.Variable): tf.Variable =>
  tf.tidy(() => tf.variable(tf.zerosLike(variable), false))

const blend = (old: tf.Tensor, fresh: tf.Tensor, share: number): tf.Tensor =>
  tf.add(tf.mul(old, share), tf.mul(fresh, 1 - share))
