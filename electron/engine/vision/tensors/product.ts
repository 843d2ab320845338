import * as tf from '@tensorflow/tfjs-core'

/**
 * Returns `a · b`. Its gradient transposes matrices before it multiplies them: transposing within a product costs the
 * WebAssembly backend its fast kernel, 35 ms instead of 1.5 for the gradient of a head of 512 × 256 by 136 photos.
 */
export function product(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const multiply = tf.customGrad<tf.Tensor2D>((left, right, save) => {
    ;(save as tf.GradSaveFunc)([left as tf.Tensor, right as tf.Tensor])
    return {
      value: tf.matMul(left as tf.Tensor2D, right as tf.Tensor2D),
      gradFunc: (slopes: tf.Tensor, saved: tf.Tensor[]) => [
        tf.matMul(slopes, tf.transpose(saved[1]!)),
        tf.matMul(tf.transpose(saved[0]!), slopes),
      ],
    }
  })
  return multiply(a, b)
}

/** Returns the products of all pairs of rows, `rows · rowsᵀ`. */
export const gram = (rows: tf.Tensor2D): tf.Tensor2D => product(rows, tf.transpose(rows))
