// Types and a call for each operation, from the OpenAPI document of the contract.
// Usage: node generate-api.mjs openapi.json contract.gen.ts
import { readFileSync, writeFileSync } from "node:fs";

const [source, target] = process.argv.slice(2);
const { paths, components } = JSON.parse(readFileSync(source, "utf8"));

const nameOf = (reference) => reference.slice(reference.lastIndexOf("/") + 1);

function typeOf(schema) {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.oneOf) return "Real";
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") {
    const item = typeOf(schema.items);
    return item.includes("|") ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type === "object") return "Record<string, string>";
  return { integer: "number", number: "number", boolean: "boolean" }[schema.type] ?? "string";
}

function comment(text, indent) {
  return text ? `${indent}/** ${text.replaceAll("*/", "* /")} */\n` : "";
}

function interfaceOf(name, schema) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(
    ([field, type]) => `${comment(type.description, "  ")}  ${field}${required.has(field) ? "" : "?"}: ${typeOf(type)};\n`,
  );
  return `${comment(schema.description, "")}export interface ${name} {\n${fields.join("")}}\n`;
}

function requestOf(operation) {
  const body = operation.requestBody?.content["application/json"]?.schema;
  if (body) return typeOf(body);
  const fields = (operation.parameters ?? []).map(
    (parameter) => `${parameter.name}${parameter.required ? "" : "?"}: ${typeOf(parameter.schema)}`,
  );
  return fields.length ? `{ ${fields.join("; ")} }` : "Record<string, never>";
}

function operations() {
  const rows = [];
  const types = [];
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const answer = operation.responses["200"].content["application/json"]?.schema;
      if (!answer || operation.requestBody?.content["application/octet-stream"]) continue;
      rows.push(`  ${operation.operationId}: ["${method.toUpperCase()}", "${path.replace(/^\/api\//, "ajax-api/")}"],\n`);
      types.push(`  ${operation.operationId}: { request: ${requestOf(operation)}; response: ${typeOf(answer)} };\n`);
    }
  }
  return { rows, types };
}

const { rows, types } = operations();
writeFileSync(
  target,
  `// Generated from the contract in api/; do not edit.

/** A number, or how JSON spells what it has no numbers for. */
export type Real = number | "NaN" | "Infinity" | "-Infinity";

${Object.entries(components.schemas).map(([name, schema]) => interfaceOf(name, schema)).join("\n")}
/** Request and response of each operation. */
export interface Operations {
${types.join("")}}

/** Method and path of each operation, relative to the place where the page is served. */
export const routes: Record<keyof Operations, readonly [method: string, path: string]> = {
${rows.join("")}};
`,
);
