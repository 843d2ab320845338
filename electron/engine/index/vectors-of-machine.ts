import { loadFaiss, type LoadedFaiss } from '../../../native/faiss.ts'
import { faissKind } from './faiss-index.ts'
import { faissVectorsKind } from './faiss-vectors.ts'
import { idIndexKind } from './id-index.ts'
import type { PhotoVectorsKind } from './photo-vectors.ts'
import { plainKind } from './plain-index.ts'

/** The best way in which this machine can keep vectors, and what is known of its Faiss. */
export function vectorsOfMachine(): { readonly faiss: LoadedFaiss; readonly kind: PhotoVectorsKind } {
  const faiss = loadFaiss()
  if (!faiss.ok) return { faiss, kind: idIndexKind(plainKind) }
  const { photoIndex } = faiss.faiss
  return { faiss, kind: photoIndex ? faissVectorsKind(photoIndex) : idIndexKind(faissKind(faiss.faiss)) }
}
