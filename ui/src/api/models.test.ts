import { describe, expect, it } from "vitest";

import { columnsOf, sourceOf } from "./datasets";
import { modelFilter, originOf, readVersions } from "./model-words";

describe("models", () => {
  it("are searched by a part of the name, or by a filter as it stands", () => {
    expect(modelFilter("  churn ")).toBe("name ILIKE '%churn%'");
    expect(modelFilter("tags.a = 'b'")).toBe("tags.a = 'b'");
    expect(modelFilter(`it's "x"`)).toBe(`name ILIKE "%it's _x_%"`);
  });
  it("tell where a version comes from", () => {
    const id = "0123456789abcdef0123456789abcdef";
    expect(originOf({ source: `models:/m-${id}` })).toEqual({ loggedModel: `m-${id}` });
    expect(originOf({ source: `runs:/${id}/model` })).toEqual({ run: id });
    expect(originOf({ source: "s3://b/models:/m-1", run_id: id })).toEqual({ run: id });
  });
  it("pass over tags of versions that are no list", () => {
    expect(readVersions("{")).toEqual([]);
    expect(readVersions('[{"name": "a", "version": 3}, 7, {"name": 1}]')).toEqual([{ name: "a", version: "3" }]);
  });
});

describe("datasets", () => {
  it("show columns and tensors of their schema, and nothing of what is no schema", () => {
    expect(columnsOf('{"mlflow_colspec": [{"name": "x", "type": "double", "required": false}, 3]}')).toEqual([{ name: "x", type: "double", required: false }]);
    expect(columnsOf('{"mlflow_tensorspec": {"features": "[{\\"type\\": \\"tensor\\", \\"tensor-spec\\": {\\"dtype\\": \\"float32\\", \\"shape\\": [-1, 3]}}]", "targets": null}}')).toEqual([{ name: "#0", type: "float32 [-1,3]", required: true }]);
    expect(columnsOf("not json")).toEqual([]);
  });
  it("tell their place", () => {
    expect(sourceOf('{"uri": "s3://x"}')).toBe("s3://x");
    expect(sourceOf("plain")).toBe("plain");
  });
});
