#!/usr/bin/env node
import './thread-pool.ts'
import { enableCompileCache } from 'node:module'
import { codeFolder } from './default-folders.ts'

// Only what is imported from here on is taken from the cache: compiling it anew takes a fifth of a short command's time.
enableCompileCache(codeFolder())
await import('./program.ts')
