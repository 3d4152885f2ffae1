/**
 * A field as RFC 4180 writes it. What a spreadsheet would take for a formula gets an apostrophe in front, so that a
 * hostile param never runs on the machine of whoever opens the file.
 */
export function csvField(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) && !isNumber(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

export function csvLine(values: string[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

/** The rows of a CSV text, at most `most` of them; with tabs as `separator`, of a TSV text. */
export function parseCsv(text: string, most: number, separator = ","): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const endField = () => {
    row.push(field);
    field = "";
  };
  for (let i = 0; i < text.length && rows.length < most; i++) {
    const c = text.charAt(i);
    if (quoted) {
      if (c !== '"') field += c;
      else if (text.charAt(i + 1) === '"') field += text.charAt(i++);
      else quoted = false;
    } else if (c === '"' && field === "") {
      quoted = true;
    } else if (c === separator) {
      endField();
    } else if (c === "\n") {
      endField();
      rows.push(row);
      row = [];
    } else if (c !== "\r") {
      field += c;
    }
  }
  if (rows.length < most && (field !== "" || row.length > 0)) {
    endField();
    rows.push(row);
  }
  return rows;
}

/** Hands a text to the browser to save. */
export function save(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
