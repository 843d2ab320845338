import { registerHooks } from 'node:module'

/** Replaces a package by another file for all imports and requires; without a file, the package is missing. */
export function standInFor(name, url) {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== name) return next(specifier, context)
      if (url) return { url, format: 'commonjs', shortCircuit: true }
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
    },
  })
}
