/**
 * Stands in for a decoder that is WebAssembly, made as soon as it is imported, which the page's policy does not allow.
 * The Parquet reader has one of its own for this compression.
 */
export function snappyUncompressor(): undefined {
  return undefined;
}

export const snappyUncompress = undefined;
