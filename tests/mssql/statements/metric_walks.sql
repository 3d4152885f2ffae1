-- latest_metrics

SELECT r.run_uuid, NULL
  FROM latest_metrics o
  JOIN runs r ON r.run_uuid = o.run_uuid
  WHERE o.[key] = ?
  AND o.is_nan = 0
  AND r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY o.value DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 3 ROWS ONLY

SELECT r.run_uuid, NULL
  FROM latest_metrics o
  JOIN runs r ON r.run_uuid = o.run_uuid
  WHERE o.[key] = ?
  AND o.is_nan = 1
  AND r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY o.value DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 3 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM latest_metrics o
  JOIN runs r ON r.run_uuid = o.run_uuid
  WHERE o.[key] = ?
  AND o.is_nan = 0
  AND r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY o.value, CASE WHEN NOT EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) THEN 1 ELSE 0 END, (SELECT x.value
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM latest_metrics o
  JOIN runs r ON r.run_uuid = o.run_uuid
  WHERE o.[key] = ?
  AND o.is_nan = 0
  AND r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY o.value DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM latest_metrics o
  JOIN runs r ON r.run_uuid = o.run_uuid
  WHERE o.[key] = ?
  AND o.is_nan = 0
  AND r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY o.value, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM latest_metrics o
  JOIN runs r ON r.run_uuid = o.run_uuid
  WHERE o.[key] = ?
  AND o.is_nan = 1
  AND r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY o.value, CASE WHEN NOT EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) THEN 1 ELSE 0 END, (SELECT x.value
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid) DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM latest_metrics o
  JOIN runs r ON r.run_uuid = o.run_uuid
  WHERE o.[key] = ?
  AND o.is_nan = 1
  AND r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY o.value DESC, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

SELECT r.run_uuid, r.name, r.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage
  FROM latest_metrics o
  JOIN runs r ON r.run_uuid = o.run_uuid
  WHERE o.[key] = ?
  AND o.is_nan = 1
  AND r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  ORDER BY o.value, CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY

-- runs

SELECT r.run_uuid, NULL
  FROM runs r
  WHERE r.experiment_id = ?
  AND r.lifecycle_stage = 'active'
  AND NOT EXISTS (SELECT 1
  FROM latest_metrics o
  WHERE o.[key] = ?
  AND o.run_uuid = r.run_uuid)
  ORDER BY CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 3 ROWS ONLY

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
  AND NOT EXISTS (SELECT 1
  FROM latest_metrics o
  WHERE o.[key] = ?
  AND o.run_uuid = r.run_uuid)
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
  AND EXISTS (SELECT 1
  FROM params x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY coalesce((SELECT CAST(x.is_nan AS BIGINT)
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), 2), (SELECT x.value
  FROM latest_metrics x
  WHERE x.[key] = ?
  AND x.run_uuid = r.run_uuid), CASE WHEN NOT EXISTS (SELECT 1
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
  AND NOT EXISTS (SELECT 1
  FROM latest_metrics o
  WHERE o.[key] = ?
  AND o.run_uuid = r.run_uuid)
  ORDER BY CASE WHEN (r.start_time IS NULL) THEN 1 ELSE 0 END, r.start_time DESC, CASE WHEN (r.run_uuid IS NULL) THEN 1 ELSE 0 END, r.run_uuid
  OFFSET 0 ROWS FETCH NEXT 1001 ROWS ONLY
