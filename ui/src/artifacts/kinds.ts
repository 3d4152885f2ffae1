/** How a file is shown; "" where its name does not tell. */
export type Kind = "image" | "json" | "csv" | "parquet" | "markdown" | "html" | "pdf" | "audio" | "video" | "text" | "";

const kinds: readonly [RegExp, Kind][] = [
  [/\.(png|jpe?g|gif|webp|bmp|avif|ico|svg)$/i, "image"],
  [/\.(json|geojson|ipynb)$/i, "json"],
  [/\.(csv|tsv)$/i, "csv"],
  [/\.(parquet|parq)$/i, "parquet"],
  [/\.(md|markdown)$/i, "markdown"],
  [/\.html?$/i, "html"],
  [/\.pdf$/i, "pdf"],
  [/\.(wav|mp3|ogg|oga|opus|flac|m4a|aac)$/i, "audio"],
  [/\.(mp4|webm|mov|ogv|m4v)$/i, "video"],
  [/\.(txt|log|jsonl|ya?ml|toml|ini|cfg|conf|py|js|ts|sh|r|sql|xml|css|cpp|c|h|java|go|rs|lock|env|diff|patch|rst|tex)$|(^|\/)(MLmodel|MLproject|Dockerfile|LICENSE|README)$/i, "text"],
];

export function kindOf(path: string): Kind {
  return kinds.find(([pattern]) => pattern.test(path))?.[1] ?? "";
}

const megabyte = 1_000_000;

/** What is read of a file at most to show it; the rest is there to be downloaded. */
export const limits = {
  text: 512 * 1024,
  image: 20 * megabyte,
  html: 10 * megabyte,
  pdf: 50 * megabyte,
  /** Of the columns of a Parquet file that are shown. */
  parquet: 32 * megabyte,
  rows: 200,
  columns: 100,
  /** Letters of one cell. */
  cell: 500,
} as const;
