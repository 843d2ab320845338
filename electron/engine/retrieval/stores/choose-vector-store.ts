import { loadFaiss, type LoadedFaiss } from '../../../../native/faiss.ts'
import { faissFlatIndexFactory } from './faiss-flat-index.ts'
import { faissStoreFactory } from './faiss-store.ts'
import { flatStoreFactory } from './flat-store.ts'
import { plainFlatIndexFactory } from './plain-flat-index.ts'
import type { VectorStoreFactory } from './vector-store.ts'

/** Runs on every machine: what Faiss is replaced by, and measured against. */
export const plainStoreFactory = flatStoreFactory(plainFlatIndexFactory)

/**
 * Chooses the best vector store that runs on this machine: Faiss by native handles where the binding was built here,
 * faiss-node's own classes with its prebuilt binary, plain TypeScript without Faiss.
 */
export function chooseVectorStore(): { readonly faiss: LoadedFaiss; readonly factory: VectorStoreFactory } {
  const faiss = loadFaiss()
  if (!faiss.ok) return { faiss, factory: plainStoreFactory }
  const { photoIndex } = faiss.faiss
  const factory = photoIndex
    ? faissStoreFactory(photoIndex)
    : flatStoreFactory(faissFlatIndexFactory(faiss.faiss))
  return { faiss, factory }
}
