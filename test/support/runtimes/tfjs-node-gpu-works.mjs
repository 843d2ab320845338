import { standInFor } from './stand-in.mjs'

standInFor('@tensorflow/tfjs-node-gpu', new URL('./tfjs-node-gpu-works.cjs', import.meta.url).href)
