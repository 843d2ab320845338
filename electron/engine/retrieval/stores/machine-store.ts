import { loadFaiss, type LoadedFaiss } from '../../../../native/faiss.ts'
import { faissKind } from './faiss-flat-index.ts'
import { faissVectorsKind } from './faiss-store.ts'
import { idIndexKind } from './flat-store.ts'
import type { PhotoVectorsKind } from './vector-store.ts'
import { plainKind } from './plain-flat-index.ts'

/** The best way in which this machine can keep vectors, and what is known of its Faiss. */
export function vectorsOfMachine(): { readonly faiss: LoadedFaiss; readonly kind: PhotoVectorsKind } {
  const faiss = loadFaiss()
  if (!faiss.ok) return { faiss, kind: idIndexKind(plainKind) }
  const { photoIndex } = faiss.faiss
  return { faiss, kind: photoIndex ? faissVectorsKind(photoIndex) : idIndexKind(faissKind(faiss.faiss)) }
}
