import { standInFor } from './stand-in.mjs'

standInFor('@tensorflow/tfjs-node-gpu', undefined)
