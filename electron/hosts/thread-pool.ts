import { availableParallelism } from 'node:os'

// Decoding, reading and hashing share libuv's thread pool. Its size is fixed at first use, so this is imported first.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism() + 2))
