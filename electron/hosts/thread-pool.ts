import { availableParallelism } from 'node:os'

// Decoding, reading and hashing share libuv's pool, which is made at its first use: imported first, it is sized before.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism() + 2))
