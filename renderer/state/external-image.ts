import { uploadImage } from '../transport/media.ts'
import { attempt } from './attempt.ts'
import { navigation } from './navigation.svelte.ts'

/** Finds photos similar to an external image, one that is not in the library: dropped, pasted or opened. */
export async function findByImage(file: File): Promise<void> {
  const token = await attempt(uploadImage(file))
  if (token !== undefined) navigation.findSimilarToUpload(token, file.name)
}

export function pickImage(): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = 'image/*'
  input.onchange = () => {
    const file = input.files?.[0]
    if (file) void findByImage(file)
  }
  input.click()
}
