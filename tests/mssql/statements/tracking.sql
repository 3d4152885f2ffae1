-- datasets

INSERT INTO datasets(dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)

SELECT DISTINCT TOP (?) d.experiment_id, d.name, d.digest, t.value
  FROM datasets d
  JOIN inputs i ON i.source_type = 'DATASET'
  AND i.source_id = d.dataset_uuid
  LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid
  AND t.name = 'mlflow.data.context'
  WHERE d.experiment_id IN (1)

SELECT DISTINCT TOP (?) d.experiment_id, d.name, d.digest, t.value
  FROM datasets d
  JOIN inputs i ON i.source_type = 'DATASET'
  AND i.source_id = d.dataset_uuid
  LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid
  AND t.name = 'mlflow.data.context'
  WHERE d.experiment_id IN (987654321987654321)

SELECT dataset_uuid
  FROM datasets
  WHERE experiment_id = ?
  AND name = ?
  AND digest = ?

-- experiment_tags

DELETE FROM experiment_tags
  WHERE experiment_id = ?
  AND [key] = ?

MERGE INTO experiment_tags WITH (HOLDLOCK) AS t
  USING (SELECT ? AS experiment_id, ? AS [key], ? AS value) AS s ON t.[key] = s.[key]
  AND t.experiment_id = s.experiment_id
  WHEN MATCHED THEN UPDATE SET value = s.value
  WHEN NOT MATCHED THEN INSERT (experiment_id, [key], value)
  VALUES (s.experiment_id, s.[key], s.value);

SELECT [key], value
  FROM experiment_tags
  WHERE experiment_id = ?

SELECT experiment_id, [key], value
  FROM experiment_tags
  WHERE experiment_id IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v BIGINT '$[0]'))

-- experiments

INSERT INTO experiments(name, artifact_location, lifecycle_stage, creation_time, last_update_time, workspace)
  OUTPUT inserted.experiment_id
  VALUES (?, ?, 'active', ?, ?, 'default')

SELECT artifact_location, lifecycle_stage
  FROM experiments
  WHERE experiment_id = ?

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.experiment_id = ?

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND 1 = 1
  ORDER BY CASE WHEN (e.name IS NULL) THEN 1 ELSE 0 END, e.name, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND (EXISTS (SELECT 1
  FROM experiment_tags x
  WHERE x.experiment_id = e.experiment_id
  AND x.[key] = ?
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  OR (lower(e.name) LIKE lower(CAST(? AS NVARCHAR(4000))) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'
  AND e.creation_time > ?))
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND (e.creation_time < ?
  AND e.creation_time > ?)
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND (e.name = ?
  AND CAST(e.name AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND 1 = 1
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time DESC, CASE WHEN (e.name IS NULL) THEN 1 ELSE 0 END, e.name, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND 1 = 1
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND 1 = 1
  ORDER BY CASE WHEN (e.name IS NULL) THEN 1 ELSE 0 END, e.name DESC, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND 1 = 1
  ORDER BY CASE WHEN (e.name IS NULL) THEN 1 ELSE 0 END, e.name, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND CAST(e.experiment_id AS NVARCHAR(MAX)) IN (?, ?)
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND CAST(e.name AS NVARCHAR(MAX)) + N'.' <> CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM experiment_tags x
  WHERE x.experiment_id = e.experiment_id
  AND x.[key] = ?
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM experiment_tags x
  WHERE x.experiment_id = e.experiment_id
  AND x.[key] = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' <> CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND NOT EXISTS (SELECT 1
  FROM experiment_tags x
  WHERE x.experiment_id = e.experiment_id
  AND x.[key] = ?)
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND e.creation_time >= ?
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND e.name LIKE CAST(? AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'active'
  AND lower(e.name) LIKE lower(CAST(? AS NVARCHAR(4000))) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'
  ORDER BY CASE WHEN (e.creation_time IS NULL) THEN 1 ELSE 0 END, e.creation_time, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE e.workspace = 'default'
  AND e.lifecycle_stage = 'deleted'
  AND 1 = 1
  ORDER BY CASE WHEN (e.name IS NULL) THEN 1 ELSE 0 END, e.name, CASE WHEN (e.experiment_id IS NULL) THEN 1 ELSE 0 END, e.experiment_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, e.workspace
  FROM experiments e
  WHERE workspace = 'default'
  AND name = ?

SELECT lifecycle_stage
  FROM experiments
  WHERE experiment_id = ?

SELECT lifecycle_stage
  FROM experiments
  WHERE workspace = 'default'
  AND name = ?

UPDATE experiments SET artifact_location = ?
  WHERE experiment_id = ?

UPDATE experiments SET last_update_time = ?
  WHERE experiment_id = ?

UPDATE experiments SET lifecycle_stage = ?
  WHERE experiment_id = ?

UPDATE experiments SET name = ?
  WHERE experiment_id = ?

-- input_tags

MERGE INTO input_tags WITH (HOLDLOCK) AS t
  USING (SELECT ? AS input_uuid, ? AS name, ? AS value) AS s ON t.input_uuid = s.input_uuid
  AND t.name = s.name
  WHEN NOT MATCHED THEN INSERT (input_uuid, name, value)
  VALUES (s.input_uuid, s.name, s.value);

SELECT input_uuid, name, value
  FROM input_tags
  WHERE input_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))

-- inputs

MERGE INTO inputs WITH (HOLDLOCK) AS t
  USING (SELECT ? AS input_uuid, ? AS source_type, ? AS source_id, ? AS destination_type, ? AS destination_id, ? AS step) AS s ON t.source_type = s.source_type
  AND t.source_id = s.source_id
  AND t.destination_type = s.destination_type
  AND t.destination_id = s.destination_id
  WHEN NOT MATCHED THEN INSERT (input_uuid, source_type, source_id, destination_type, destination_id, step)
  VALUES (s.input_uuid, s.source_type, s.source_id, s.destination_type, s.destination_id, s.step);

SELECT i.destination_id, i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile
  FROM inputs i
  JOIN datasets d ON d.dataset_uuid = i.source_id
  WHERE i.destination_type = 'RUN'
  AND i.source_type = 'DATASET'
  AND i.destination_id IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  ORDER BY (SELECT NULL)

SELECT source_id, source_type, destination_id, step
  FROM inputs
  WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT')
  AND source_id IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  AND destination_type IN ('MODEL_INPUT', 'MODEL_OUTPUT')
  ORDER BY (SELECT NULL)

-- latest_metrics

DELETE FROM latest_metrics
  WHERE [key] = ?
  AND run_uuid = ?

INSERT INTO latest_metrics([key], value, timestamp, step, is_nan, run_uuid) SELECT [key], value, timestamp, step, is_nan, run_uuid
  FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?
  ORDER BY step DESC, timestamp DESC, value DESC
  OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY

MERGE INTO latest_metrics WITH (HOLDLOCK) AS t
  USING (SELECT [key], value, timestamp, step, is_nan, run_uuid
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH ([key] VARCHAR(8000) '$[0]', value FLOAT '$[1]', timestamp BIGINT '$[2]', step BIGINT '$[3]', is_nan BIT '$[4]', run_uuid VARCHAR(8000) '$[5]')) AS s ON t.[key] = s.[key]
  AND t.run_uuid = s.run_uuid
  WHEN MATCHED
  AND (s.step > t.step
  OR (s.step = t.step
  AND (s.timestamp > t.timestamp
  OR (s.timestamp = t.timestamp
  AND s.value > t.value)))) THEN UPDATE SET value = s.value, timestamp = s.timestamp, step = s.step, is_nan = s.is_nan
  WHEN NOT MATCHED THEN INSERT ([key], value, timestamp, step, is_nan, run_uuid)
  VALUES (s.[key], s.value, s.timestamp, s.step, s.is_nan, s.run_uuid);

SELECT run_uuid, [key], value, is_nan, timestamp, step
  FROM latest_metrics
  WHERE run_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))

-- logged_model_metrics

MERGE INTO logged_model_metrics WITH (HOLDLOCK) AS t
  USING (SELECT ? AS model_id, ? AS metric_name, ? AS metric_timestamp_ms, ? AS metric_step, ? AS metric_value, ? AS experiment_id, ? AS run_id, ? AS dataset_name, ? AS dataset_digest) AS s ON t.model_id = s.model_id
  AND t.metric_name = s.metric_name
  AND t.metric_timestamp_ms = s.metric_timestamp_ms
  AND t.metric_step = s.metric_step
  AND t.run_id = s.run_id
  WHEN NOT MATCHED THEN INSERT (model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, experiment_id, run_id, dataset_name, dataset_digest)
  VALUES (s.model_id, s.metric_name, s.metric_timestamp_ms, s.metric_step, s.metric_value, s.experiment_id, s.run_id, s.dataset_name, s.dataset_digest);

SELECT metric_name, metric_value, metric_timestamp_ms, metric_step, run_id, dataset_name, dataset_digest
  FROM logged_model_metrics
  WHERE model_id = ?
  ORDER BY (SELECT NULL)

-- logged_model_params

INSERT INTO logged_model_params(model_id, experiment_id, param_key, param_value)
  VALUES (?, ?, ?, ?)

SELECT param_key, param_value
  FROM logged_model_params
  WHERE model_id = ?

SELECT param_value
  FROM logged_model_params
  WHERE model_id = ?
  AND param_key = ?

-- logged_model_tags

DELETE FROM logged_model_tags
  WHERE model_id = ?
  AND tag_key = ?

MERGE INTO logged_model_tags WITH (HOLDLOCK) AS t
  USING (SELECT ? AS model_id, ? AS experiment_id, ? AS tag_key, ? AS tag_value) AS s ON t.model_id = s.model_id
  AND t.tag_key = s.tag_key
  WHEN MATCHED THEN UPDATE SET tag_value = s.tag_value
  WHEN NOT MATCHED THEN INSERT (model_id, experiment_id, tag_key, tag_value)
  VALUES (s.model_id, s.experiment_id, s.tag_key, s.tag_value);

SELECT tag_key, tag_value
  FROM logged_model_tags
  WHERE model_id = ?

-- logged_models

INSERT INTO logged_models(model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)

SELECT experiment_id
  FROM logged_models
  WHERE model_id = ?

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (1)
  AND (m.name = ?
  AND CAST(m.name AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY CASE WHEN (m.creation_timestamp_ms IS NULL) THEN 1 ELSE 0 END, m.creation_timestamp_ms, CASE WHEN (m.model_id IS NULL) THEN 1 ELSE 0 END, m.model_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (1)
  AND 1 = 1
  ORDER BY CASE WHEN (m.creation_timestamp_ms IS NULL) THEN 1 ELSE 0 END, m.creation_timestamp_ms, CASE WHEN (m.model_id IS NULL) THEN 1 ELSE 0 END, m.model_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (1)
  AND 1 = 1
  ORDER BY CASE WHEN (m.name IS NULL) THEN 1 ELSE 0 END, m.name DESC, CASE WHEN (m.model_id IS NULL) THEN 1 ELSE 0 END, m.model_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (1)
  AND CASE m.status WHEN 1 THEN 'PENDING' WHEN 2 THEN 'READY' WHEN 3 THEN 'FAILED' END = CAST(? AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2
  ORDER BY CASE WHEN (m.creation_timestamp_ms IS NULL) THEN 1 ELSE 0 END, m.creation_timestamp_ms, CASE WHEN (m.model_id IS NULL) THEN 1 ELSE 0 END, m.model_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (1)
  AND EXISTS (SELECT 1
  FROM logged_model_metrics x
  WHERE x.model_id = m.model_id
  AND x.metric_name = ?
  AND x.metric_value > ?)
  ORDER BY CASE WHEN (m.creation_timestamp_ms IS NULL) THEN 1 ELSE 0 END, m.creation_timestamp_ms, CASE WHEN (m.model_id IS NULL) THEN 1 ELSE 0 END, m.model_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (1)
  AND EXISTS (SELECT 1
  FROM logged_model_tags x
  WHERE x.model_id = m.model_id
  AND x.tag_key = ?
  AND (x.tag_value = ?
  AND CAST(x.tag_value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY CASE WHEN (m.creation_timestamp_ms IS NULL) THEN 1 ELSE 0 END, m.creation_timestamp_ms, CASE WHEN (m.model_id IS NULL) THEN 1 ELSE 0 END, m.model_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (1)
  AND m.creation_timestamp_ms < ?
  ORDER BY CASE WHEN (m.creation_timestamp_ms IS NULL) THEN 1 ELSE 0 END, m.creation_timestamp_ms, CASE WHEN (m.model_id IS NULL) THEN 1 ELSE 0 END, m.model_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (1)
  AND m.name LIKE CAST(? AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'
  ORDER BY CASE WHEN (m.creation_timestamp_ms IS NULL) THEN 1 ELSE 0 END, m.creation_timestamp_ms, CASE WHEN (m.model_id IS NULL) THEN 1 ELSE 0 END, m.model_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.lifecycle_stage <> 'deleted'
  AND m.experiment_id IN (987654321987654321)
  AND 1 = 1
  ORDER BY 
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, m.last_updated_timestamp_ms, m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage
  FROM logged_models m
  WHERE m.model_id = ?

UPDATE logged_models SET last_updated_timestamp_ms = ?
  WHERE model_id = ?

UPDATE logged_models SET lifecycle_stage = ?
  WHERE model_id = ?

UPDATE logged_models SET status = ?
  WHERE model_id = ?

-- metrics

DELETE FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?

DELETE FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?
  AND step > ?

MERGE INTO metrics WITH (HOLDLOCK) AS t
  USING (SELECT DISTINCT [key], value, timestamp, step, is_nan, run_uuid
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH ([key] VARCHAR(8000) '$[0]', value FLOAT '$[1]', timestamp BIGINT '$[2]', step BIGINT '$[3]', is_nan BIT '$[4]', run_uuid VARCHAR(8000) '$[5]')) AS s ON t.[key] = s.[key]
  AND t.timestamp = s.timestamp
  AND t.step = s.step
  AND t.run_uuid = s.run_uuid
  AND t.value = s.value
  AND t.is_nan = s.is_nan
  WHEN NOT MATCHED THEN INSERT ([key], value, timestamp, step, is_nan, run_uuid)
  VALUES (s.[key], s.value, s.timestamp, s.step, s.is_nan, s.run_uuid);

SELECT count(*)
  FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?

SELECT step
  FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?
  AND step >= ?
  AND step <= ?
  ORDER BY step

SELECT value, is_nan, timestamp
  FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?
  AND step = ?
  ORDER BY timestamp, value, is_nan

SELECT value, is_nan, timestamp, step
  FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?
  ORDER BY timestamp, step, value
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

-- no table

SET TRANSACTION ISOLATION LEVEL SNAPSHOT

-- params

MERGE INTO params WITH (HOLDLOCK) AS t
  USING (SELECT DISTINCT [key], value, run_uuid
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH ([key] VARCHAR(8000) '$[0]', value NVARCHAR(MAX) '$[1]', run_uuid VARCHAR(8000) '$[2]')) AS s ON t.[key] = s.[key]
  AND t.run_uuid = s.run_uuid
  WHEN NOT MATCHED THEN INSERT ([key], value, run_uuid)
  VALUES (s.[key], s.value, s.run_uuid);

SELECT p.run_uuid, p.[key], p.value
  FROM params p
  WHERE EXISTS (SELECT 1
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v0 VARCHAR(8000) '$[0]', v1 VARCHAR(8000) '$[1]') AS listed
  WHERE listed.v0 = p.run_uuid
  AND listed.v1 = p.[key])

SELECT run_uuid, [key], value
  FROM params
  WHERE run_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))

-- runs

INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, source_version, lifecycle_stage, artifact_uri, experiment_id)
  VALUES (?, ?, 'UNKNOWN', '', '', ?, ?, ?, '', 'active', ?, ?)

SELECT count(*)
  FROM (SELECT TOP (?) 1 AS run
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active') AS counted

SELECT experiment_id, lifecycle_stage
  FROM runs
  WHERE run_uuid = ?

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE 1 = 1
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 101 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND ((EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value = ?))
  OR EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value = ?)))
  AND (EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  OR ((r.name = ?
  AND CAST(r.name AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  AND EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value < ?)))))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND (EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value = ?))
  OR (EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value = ?))
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND (EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value = ?))
  OR EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND (EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value > ?))
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND (r.run_uuid = ?
  AND CAST(r.run_uuid AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND (r.run_uuid IN (?, ?)
  AND CAST(r.run_uuid AS NVARCHAR(MAX)) + N'.' IN (CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2, CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND (r.status = ?
  AND CAST(r.status AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND (r.user_id = ?
  AND CAST(r.user_id AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND CAST(r.name AS NVARCHAR(MAX)) + N'.' NOT IN (CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2, CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND CAST(r.status AS NVARCHAR(MAX)) + N'.' <> CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM inputs i
  JOIN datasets d ON d.dataset_uuid = i.source_id
  WHERE i.destination_type = 'RUN'
  AND i.destination_id = r.run_uuid
  AND i.source_type = 'DATASET'
  AND (d.name = ?
  AND CAST(d.name AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM inputs i
  JOIN datasets d ON d.dataset_uuid = i.source_id
  WHERE i.destination_type = 'RUN'
  AND i.destination_id = r.run_uuid
  AND i.source_type = 'DATASET'
  AND (d.name IN (?, ?)
  AND CAST(d.name AS NVARCHAR(MAX)) + N'.' IN (CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2, CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM inputs i
  JOIN datasets d ON d.dataset_uuid = i.source_id
  WHERE i.destination_type = 'RUN'
  AND i.destination_id = r.run_uuid
  AND i.source_type = 'DATASET'
  AND CAST(d.name AS NVARCHAR(MAX)) + N'.' <> CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM inputs i
  JOIN datasets d ON d.dataset_uuid = i.source_id
  WHERE i.destination_type = 'RUN'
  AND i.destination_id = r.run_uuid
  AND i.source_type = 'DATASET'
  AND d.digest LIKE CAST(? AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|')
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM inputs i
  JOIN input_tags t ON t.input_uuid = i.input_uuid
  AND t.name = 'mlflow.data.context'
  WHERE i.destination_type = 'RUN'
  AND i.destination_id = r.run_uuid
  AND i.source_type = 'DATASET'
  AND (t.value = ?
  AND CAST(t.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value < ?))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value <= ?))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value = ?))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value > ?))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 0
  AND x.value >= ?))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.is_nan = 1
  OR x.value <> ?))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value IN (?, ?, ?)
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' IN (CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2, CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2, CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' <> CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' NOT IN (CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND lower(x.value) LIKE lower(CAST(? AS NVARCHAR(4000))) COLLATE Latin1_General_100_BIN2 ESCAPE N'|')
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND x.value LIKE CAST(? AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|')
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' <> CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND x.value LIKE CAST(? AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|')
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND NOT EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND NOT EXISTS (SELECT 1
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid)
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND r.artifact_uri LIKE CAST(? AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND r.end_time = ?
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND r.name LIKE CAST(? AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND r.start_time < ?
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND r.start_time >= ?
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN (r.end_time IS NULL) THEN 1 ELSE 0 END, r.end_time DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN (r.end_time IS NULL) THEN 1 ELSE 0 END, r.end_time, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN NOT EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) THEN 1 ELSE 0 END, (SELECT x.value
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN NOT EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) THEN 1 ELSE 0 END, (SELECT x.value
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN NOT EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) THEN 1 ELSE 0 END, (SELECT x.value
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), coalesce((SELECT CAST(x.is_nan AS BIGINT)
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), 2), (SELECT x.value
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN NOT EXISTS (SELECT 1
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) THEN 1 ELSE 0 END, (SELECT x.value
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN NOT EXISTS (SELECT 1
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) THEN 1 ELSE 0 END, (SELECT x.value
  FROM tags x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY coalesce((SELECT CAST(x.is_nan AS BIGINT)
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), 2), (SELECT x.value
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY coalesce((SELECT CAST(x.is_nan AS BIGINT)
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), 2), (SELECT x.value
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) DESC, CASE WHEN NOT EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) THEN 1 ELSE 0 END, (SELECT x.value
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY coalesce((SELECT CAST(x.is_nan AS BIGINT)
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), 2), (SELECT x.value
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 101 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 11 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 3 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'deleted'
  ORDER BY r.start_time DESC, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 101 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id = ?
  ORDER BY CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 101 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id IN (2,1)
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 101 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.experiment_id IN (987654321987654321,2)
  AND r.lifecycle_stage = 'active'
  ORDER BY CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 101 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM runs r
  WHERE r.run_uuid = ?

SELECT run_uuid, experiment_id, lifecycle_stage
  FROM runs
  WHERE run_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))

UPDATE runs SET end_time = ?
  WHERE run_uuid = ?

UPDATE runs SET lifecycle_stage = ?, deleted_time = ?
  WHERE experiment_id = ?

UPDATE runs SET lifecycle_stage = ?, deleted_time = ?
  WHERE run_uuid = ?

UPDATE runs SET name = ?
  WHERE run_uuid = ?

UPDATE runs SET status = ?
  WHERE run_uuid = ?

-- tags

DELETE FROM tags
  WHERE run_uuid = ?
  AND [key] = ?

MERGE INTO tags WITH (HOLDLOCK) AS t
  USING (SELECT ? AS [key], ? AS value, ? AS run_uuid) AS s ON t.[key] = s.[key]
  AND t.run_uuid = s.run_uuid
  WHEN MATCHED THEN UPDATE SET value = s.value
  WHEN NOT MATCHED THEN INSERT ([key], value, run_uuid)
  VALUES (s.[key], s.value, s.run_uuid);

MERGE INTO tags WITH (HOLDLOCK) AS t
  USING (SELECT [key], value, run_uuid
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH ([key] VARCHAR(8000) '$[0]', value NVARCHAR(MAX) '$[1]', run_uuid VARCHAR(8000) '$[2]')) AS s ON t.[key] = s.[key]
  AND t.run_uuid = s.run_uuid
  WHEN MATCHED THEN UPDATE SET value = s.value
  WHEN NOT MATCHED THEN INSERT ([key], value, run_uuid)
  VALUES (s.[key], s.value, s.run_uuid);

SELECT run_uuid, [key], value
  FROM tags
  WHERE run_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
