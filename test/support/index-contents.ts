import { BODY, readIndexHeader, type IndexHeader } from '../../electron/engine/retrieval/index/index-file.ts'
import { chooseVectorStore } from '../../electron/engine/retrieval/stores/choose-vector-store.ts'

/** The contents of an index file; undefined if it is missing or damaged. */
export function readIndexFile(
  file: string,
): { readonly header: IndexHeader; readonly ids: Uint32Array } | undefined {
  const header = readIndexHeader(file)
  if (!header) return undefined
  const vectors = chooseVectorStore().factory.read(file, BODY, header.count)
  const ids = vectors.ids()
  vectors.close()
  return { header, ids }
}
