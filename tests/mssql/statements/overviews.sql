-- latest_metrics

SELECT min([key])
  FROM latest_metrics
  WHERE [key] > ?

SELECT run_uuid, value, is_nan
  FROM latest_metrics
  WHERE [key] = ?
  AND run_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))

-- metrics

SELECT max(step)
  FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?
  AND step >= ?
  AND step <= ?

SELECT step, timestamp, value, is_nan
  FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?
  AND step >= ?
  AND step <= ?
  ORDER BY step

SELECT step, timestamp, value, is_nan
  FROM metrics
  WHERE run_uuid = ?
  AND [key] = ?
  AND step >= ?
  AND step <= ?
  ORDER BY step, timestamp, value
  OFFSET 0 ROWS FETCH NEXT ? ROWS ONLY

-- params

SELECT TOP (1) 1
  FROM params x
  JOIN runs r ON r.run_uuid = x.run_uuid
  WHERE x.[key] = ?
  AND r.experiment_id IN (1)

SELECT min([key])
  FROM params
  WHERE [key] > ?

SELECT run_uuid, CASE WHEN len(value) > 100 THEN substring(value, 1, 100) + N'…' ELSE value END
  FROM params
  WHERE [key] = ?
  AND run_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))

-- runs

SELECT 1
  FROM runs r
  WHERE 1 = 1
  ORDER BY (SELECT NULL)
  OFFSET ? ROWS FETCH NEXT 1 ROWS ONLY

SELECT 1
  FROM runs r
  WHERE r.experiment_id IN (1)
  ORDER BY (SELECT NULL)
  OFFSET ? ROWS FETCH NEXT 1 ROWS ONLY

SELECT 1
  FROM runs r
  WHERE r.experiment_id IN (1,2)
  ORDER BY (SELECT NULL)
  OFFSET ? ROWS FETCH NEXT 1 ROWS ONLY

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE 1 = 1
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN latest_metrics x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE 1 = 1
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN params x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE 1 = 1
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN tags x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE r.experiment_id IN (1)
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN latest_metrics x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE r.experiment_id IN (1)
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN params x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE r.experiment_id IN (1)
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN tags x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE r.experiment_id IN (1,2)
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN latest_metrics x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE r.experiment_id IN (1,2)
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN params x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM (SELECT r.run_uuid
  FROM runs r
  WHERE r.experiment_id IN (1,2)
  AND r.experiment_id >= 0
  ORDER BY r.experiment_id, r.lifecycle_stage, r.start_time DESC
  OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY) n
  JOIN tags x ON x.run_uuid = n.run_uuid

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN latest_metrics x ON x.run_uuid = r.run_uuid
  WHERE 1 = 1

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN latest_metrics x ON x.run_uuid = r.run_uuid
  WHERE r.experiment_id IN (1)

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN latest_metrics x ON x.run_uuid = r.run_uuid
  WHERE r.experiment_id IN (1,2)

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN params x ON x.run_uuid = r.run_uuid
  WHERE 1 = 1

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN params x ON x.run_uuid = r.run_uuid
  WHERE r.experiment_id IN (1)

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN params x ON x.run_uuid = r.run_uuid
  WHERE r.experiment_id IN (1,2)

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN tags x ON x.run_uuid = r.run_uuid
  WHERE 1 = 1

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN tags x ON x.run_uuid = r.run_uuid
  WHERE r.experiment_id IN (1)

SELECT DISTINCT x.[key]
  FROM runs r
  JOIN tags x ON x.run_uuid = r.run_uuid
  WHERE r.experiment_id IN (1,2)

SELECT count(*)
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'

SELECT experiment_id, lifecycle_stage, count(*), max(start_time)
  FROM runs
  WHERE experiment_id >= 0
  GROUP BY experiment_id, lifecycle_stage

SELECT r.run_uuid, NULL
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
  OFFSET 0 ROWS FETCH NEXT 3 ROWS ONLY

SELECT r.run_uuid, NULL
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
  OFFSET 0 ROWS FETCH NEXT 4 ROWS ONLY

SELECT r.run_uuid, r.name, r.status, r.start_time, r.end_time, r.user_id, r.artifact_uri, r.lifecycle_stage, r.experiment_id, r.run_uuid
  FROM runs r
  WHERE r.run_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))

-- tags

SELECT TOP (1) 1
  FROM tags x
  JOIN runs r ON r.run_uuid = x.run_uuid
  WHERE x.[key] = ?
  AND r.experiment_id IN (1)

SELECT min([key])
  FROM tags
  WHERE [key] > ?

SELECT run_uuid, CASE WHEN len(value) > 100 THEN substring(value, 1, 100) + N'…' ELSE value END
  FROM tags
  WHERE [key] = ?
  AND run_uuid IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
