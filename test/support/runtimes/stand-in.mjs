import { registerHooks } from 'node:module'

/** Puts another file in the place of a package, for whoever imports or requires it; without a file, it is not there. */
export function standInFor(name, url) {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== name) return next(specifier, context)
      if (url) return { url, format: 'commonjs', shortCircuit: true }
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
    },
  })
}
