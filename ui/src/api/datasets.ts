/** What clients keep of a dataset are texts of JSON of several shapes; what cannot be read shows nothing. */
function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "") as unknown;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface Column {
  name: string;
  type: string;
  required: boolean;
}

function columnOf(value: unknown, i: number): Column[] {
  if (!isRecord(value)) return [];
  const { name, type, required, "tensor-spec": tensor } = value;
  const shape = isRecord(tensor) ? `${String(tensor["dtype"])} ${JSON.stringify(tensor["shape"])}` : JSON.stringify(type);
  return [{ name: typeof name === "string" ? name : `#${i}`, type: typeof type === "string" && type !== "tensor" ? type : shape, required: required !== false }];
}

/** Columns of a dataset's schema: "mlflow_colspec", or tensors of features and targets. */
export function columnsOf(schema: string | undefined): Column[] {
  const parsed = parse(schema);
  if (!isRecord(parsed)) return [];
  const list = parsed["mlflow_colspec"] ?? parsed["mlflow_tensorspec"];
  if (Array.isArray(list)) return list.flatMap(columnOf);
  if (isRecord(list)) return Object.values(list).flatMap((part) => (typeof part === "string" ? parse(part) : part)).flatMap(columnOf);
  return [];
}

/** Numbers of a dataset's profile that have one: rows, elements. */
export function profileOf(profile: string | undefined): [string, string][] {
  const parsed = parse(profile);
  if (!isRecord(parsed)) return [];
  const words: Record<string, string> = { num_rows: "rows", num_elements: "elements", features_shape: "shape" };
  return Object.entries(words).flatMap(([key, word]): [string, string][] => {
    const value = parsed[key];
    if (typeof value === "number") return [[word, value.toLocaleString("en")]];
    return Array.isArray(value) ? [[word, value.join(" × ")]] : [];
  });
}

/** The place that a source tells, or the source as it is. */
export function sourceOf(source: string | undefined): string {
  const parsed = parse(source);
  if (!isRecord(parsed)) return source ?? "";
  for (const key of ["uri", "url", "path", "delta_table_name", "sql"]) if (typeof parsed[key] === "string") return parsed[key];
  return source ?? "";
}
