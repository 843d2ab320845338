import { loadFaiss, type LoadedFaiss } from '../../../../native/faiss.ts'
import { faissKind } from './faiss-flat-index.ts'
import { faissStoreKind } from './faiss-store.ts'
import { flatStoreKind } from './flat-store.ts'
import type { VectorStoreKind } from './vector-store.ts'
import { plainKind } from './plain-flat-index.ts'

/** The best way in which this machine can keep vectors, and what is known of its Faiss. */
export function storeOfMachine(): { readonly faiss: LoadedFaiss; readonly kind: VectorStoreKind } {
  const faiss = loadFaiss()
  if (!faiss.ok) return { faiss, kind: flatStoreKind(plainKind) }
  const { photoIndex } = faiss.faiss
  return { faiss, kind: photoIndex ? faissStoreKind(photoIndex) : flatStoreKind(faissKind(faiss.faiss)) }
}
