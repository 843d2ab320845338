#!/usr/bin/env node
import './thread-pool.ts'
import { enableCompileCache } from 'node:module'
import { engineSettings } from '../shared/engine-environment.ts'
import { codeFolder } from './default-folders.ts'

// Only modules imported from here on come from the compile cache; threads and processes take it from the environment. It
// saves a third of a short command's time.
enableCompileCache(codeFolder())
Object.assign(process.env, engineSettings(process.env, codeFolder()))
await import('./program.ts')
