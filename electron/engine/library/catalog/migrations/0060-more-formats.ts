import type { Migration } from './index.ts'

/**
 * Files that earlier versions could not read are read again by the next import: HEIC, RAW, JPEG XL, BMP, animated AVIF
 * and TIFFs of uncommon samples. So are TIFFs, for which RAW files were taken. No pipeline has the number 0.
 */
export const moreFormats: Migration = {
  version: 60,
  up: `
    UPDATE file SET pipeline = 0
    WHERE state = 'failed' AND failure_code IN ('unsupported-format', 'damaged-image');

    UPDATE file SET pipeline = 0 WHERE photo_id IN (SELECT id FROM photo WHERE format = 'TIFF');
    UPDATE photo SET pipeline = 0 WHERE format = 'TIFF';
  `,
}
