// Registered models with versions from runs and from logged models, and the datasets that runs used.
const mlmodel = `artifact_path: model
flavors:
  python_function:
    env: conda.yaml
    loader_module: mlflow.sklearn
model_uuid: 1f0c
signature:
  inputs: '[{"type": "double", "name": "tenure", "required": true}, {"type": "string", "name": "plan", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1]}}]'
`;

async function put(base, path, content) {
  const answer = await fetch(`${base}/api/2.0/mlflow-artifacts/artifacts/${path}`, { method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: content });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
}

async function loggedModel(base, call, experiment, run, number, name) {
  const { model } = await call("logged-models", {
    experiment_id: experiment,
    name,
    model_type: "pytorch",
    source_run_id: run,
    params: [{ key: "depth", value: String(6 + number) }, { key: "width", value: "256" }],
    tags: [{ key: "team", value: "speech" }],
  });
  const id = model.info.model_id;
  await put(base, `${experiment}/models/${id}/artifacts/MLmodel`, mlmodel);
  await call("runs/log-batch", { run_id: run, metrics: [{ key: "wer", value: 0.21 - number / 50, step: 0, timestamp: Date.now(), model_id: id, dataset_name: "libri", dataset_digest: "d1" }] });
  await call(`logged-models/${id}`, { model_id: id, status: "LOGGED_MODEL_READY" }, "PATCH");
  await call("runs/outputs", { run_id: run, models: [{ model_id: id, step: 0 }] });
  return id;
}

export async function seedModels(base, call, experiment, runs, hostileName) {
  const create = async (name, tags, description) => call("registered-models/create", { name, description, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) });
  await create("churn-classifier", { team: "growth", tier: "1" }, "Who is about to leave, **weekly**.");
  await create("asr-conformer", { team: "speech" }, "Speech to text.");
  await create("forecast energy", {}, "");
  await create(hostileName, { note: hostileName }, hostileName);
  for (const [i, run] of [runs[56], runs[57], runs[58]].entries()) {
    await put(base, `${experiment}/${run}/artifacts/model/MLmodel`, mlmodel);
    const { model_version: version } = await call("model-versions/create", { name: "churn-classifier", source: `mlflow-artifacts:/${experiment}/${run}/artifacts/model`, run_id: run, description: ["First try", "More features", "Tuned"][i] });
    await call("model-versions/set-tag", { name: "churn-classifier", version: version.version, key: "checked", value: "yes" });
  }
  await call("registered-models/alias", { name: "churn-classifier", alias: "champion", version: "3" });
  await call("registered-models/alias", { name: "churn-classifier", alias: "previous", version: "2" });
  const logged = [];
  for (const [i, name] of ["conformer-large", "conformer-small"].entries()) logged.push(await loggedModel(base, call, experiment, runs[58], i, name));
  await call("model-versions/create", { name: "asr-conformer", source: `models:/${logged[0]}`, run_id: runs[58], model_id: logged[0] });
  const dataset = (name, context, schema) => ({ tags: [{ key: "mlflow.data.context", value: context }], dataset: { name, digest: `d-${name}`.slice(0, 12), source_type: "local", source: JSON.stringify({ uri: `/data/${name}.parquet` }), schema, profile: JSON.stringify({ num_rows: 12_000, num_elements: 96_000 }) } });
  const columns = JSON.stringify({ mlflow_colspec: [{ type: "double", name: "tenure", required: true }, { type: "string", name: "plan", required: true }, { type: "long", name: hostileName, required: false }] });
  await call("runs/log-inputs", { run_id: runs[59], datasets: [dataset("customers", "training", columns), dataset("holdout", "evaluation", "{}"), dataset(hostileName, "", "not json")] });
  return logged;
}
