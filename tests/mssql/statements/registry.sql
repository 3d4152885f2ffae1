-- model_version_tags

DELETE FROM model_version_tags
  WHERE workspace = 'default'
  AND [key] = ?
  AND name = ?
  AND version = ?

DELETE FROM model_version_tags
  WHERE workspace = 'default'
  AND name = ?

MERGE INTO model_version_tags WITH (HOLDLOCK) AS t
  USING (SELECT 'default' AS workspace, ? AS name, ? AS version, ? AS [key], ? AS value) AS s ON t.workspace = s.workspace
  AND t.[key] = s.[key]
  AND t.name = s.name
  AND t.version = s.version
  WHEN MATCHED THEN UPDATE SET value = s.value
  WHEN NOT MATCHED THEN INSERT (workspace, name, version, [key], value)
  VALUES (s.workspace, s.name, s.version, s.[key], s.value);

SELECT [key], value
  FROM model_version_tags
  WHERE workspace = 'default'
  AND name = ?
  AND version = ?
  ORDER BY [key]

UPDATE model_version_tags SET name = ?
  WHERE workspace = 'default'
  AND name = ?

-- model_versions

DELETE FROM model_versions
  WHERE workspace = 'default'
  AND name = ?

INSERT INTO model_versions(workspace, name, version, creation_time, last_updated_time, description, current_stage, source, storage_location, run_id, run_link, status)
  VALUES ('default', ?, ?, ?, ?, ?, 'None', ?, ?, ?, ?, 'READY')

SELECT 1
  FROM model_versions
  WHERE workspace = 'default'
  AND name = ?
  AND version = ?
  AND current_stage <> ?

SELECT MAX(version)
  FROM model_versions
  WHERE workspace = 'default'
  AND name = ?

SELECT storage_location, source
  FROM model_versions
  WHERE workspace = 'default'
  AND name = ?
  AND version = ?
  AND current_stage <> ?

SELECT v.name, v.version, t.[key], t.value
  FROM model_versions v
  JOIN model_version_tags t ON t.workspace = v.workspace
  AND t.name = v.name
  AND t.version = v.version
  WHERE v.workspace = 'default'
  AND EXISTS (SELECT 1
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v0 VARCHAR(8000) '$[0]', v1 BIGINT '$[1]') AS listed
  WHERE listed.v0 = v.name
  AND listed.v1 = v.version)
  ORDER BY t.[key]

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND (v.name = ?
  AND CAST(v.name AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND (v.run_id = ?
  AND CAST(v.run_id AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND (v.source = ?
  AND CAST(v.source AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND 1 = 1
  ORDER BY CASE WHEN v.last_updated_time IS NULL THEN 1 ELSE 0 END, v.last_updated_time, v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND 1 = 1
  ORDER BY v.creation_time DESC, v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND 1 = 1
  ORDER BY v.last_updated_time DESC, v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND 1 = 1
  ORDER BY v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND EXISTS (SELECT 1
  FROM model_version_tags x
  WHERE x.workspace = 'default'
  AND x.[key] = ?
  AND x.name = v.name
  AND x.version = v.version
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.current_stage <> ?
  AND v.version > ?
  ORDER BY v.name, v.version DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link
  FROM model_versions v
  WHERE v.workspace = 'default'
  AND v.name = ?
  AND v.version = ?
  AND v.current_stage <> ?

UPDATE model_versions SET current_stage = 'Archived', last_updated_time = ?
  WHERE workspace = 'default'
  AND name = ?
  AND current_stage = ?
  AND version <> ?

UPDATE model_versions SET current_stage = ?, last_updated_time = ?
  WHERE workspace = 'default'
  AND name = ?
  AND version = ?

UPDATE model_versions SET current_stage = ?, last_updated_time = ?, description = NULL, user_id = NULL, source = 'REDACTED-SOURCE-PATH', run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK', status_message = NULL
  WHERE workspace = 'default'
  AND name = ?
  AND version = ?

UPDATE model_versions SET description = ?, last_updated_time = ?
  WHERE workspace = 'default'
  AND name = ?
  AND version = ?

UPDATE model_versions SET last_updated_time = ?
  WHERE workspace = 'default'
  AND name = ?

UPDATE model_versions SET name = ?
  WHERE workspace = 'default'
  AND name = ?

-- registered_model_aliases

DELETE FROM registered_model_aliases
  WHERE workspace = 'default'
  AND name = ?

DELETE FROM registered_model_aliases
  WHERE workspace = 'default'
  AND name = ?
  AND alias = ?

DELETE FROM registered_model_aliases
  WHERE workspace = 'default'
  AND name = ?
  AND version = ?

MERGE INTO registered_model_aliases WITH (HOLDLOCK) AS t
  USING (SELECT 'default' AS workspace, ? AS name, ? AS alias, ? AS version) AS s ON t.workspace = s.workspace
  AND t.name = s.name
  AND t.alias = s.alias
  WHEN MATCHED THEN UPDATE SET version = s.version
  WHEN NOT MATCHED THEN INSERT (workspace, name, alias, version)
  VALUES (s.workspace, s.name, s.alias, s.version);

SELECT alias
  FROM registered_model_aliases
  WHERE workspace = 'default'
  AND name = ?
  AND version = ?
  ORDER BY alias

SELECT version
  FROM registered_model_aliases
  WHERE workspace = 'default'
  AND name = ?
  AND alias = ?

UPDATE registered_model_aliases SET name = ?
  WHERE workspace = 'default'
  AND name = ?

-- registered_model_tags

DELETE FROM registered_model_tags
  WHERE workspace = 'default'
  AND [key] = ?
  AND name = ?

DELETE FROM registered_model_tags
  WHERE workspace = 'default'
  AND name = ?

MERGE INTO registered_model_tags WITH (HOLDLOCK) AS t
  USING (SELECT 'default' AS workspace, ? AS name, ? AS [key], ? AS value) AS s ON t.workspace = s.workspace
  AND t.[key] = s.[key]
  AND t.name = s.name
  WHEN MATCHED THEN UPDATE SET value = s.value
  WHEN NOT MATCHED THEN INSERT (workspace, name, [key], value)
  VALUES (s.workspace, s.name, s.[key], s.value);

UPDATE registered_model_tags SET name = ?
  WHERE workspace = 'default'
  AND name = ?

-- registered_models

DELETE FROM registered_models
  WHERE workspace = 'default'
  AND name = ?

INSERT INTO registered_models(workspace, name, creation_time, last_updated_time, description)
  VALUES ('default', ?, ?, ?, ?)

SELECT 1
  FROM registered_models
  WHERE workspace = 'default'
  AND name = ?

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND (EXISTS (SELECT 1
  FROM registered_model_tags x
  WHERE x.workspace = 'default'
  AND x.[key] = ?
  AND x.name = m.name
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  OR (m.name = ?
  AND CAST(m.name AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND (m.name = ?
  AND CAST(m.name AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND (m.name IN (?, ?)
  AND CAST(m.name AS NVARCHAR(MAX)) + N'.' IN (CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2, CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND 1 = 1
  ORDER BY m.last_updated_time DESC, m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND 1 = 1
  ORDER BY m.name DESC
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND 1 = 1
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND CAST(m.name AS NVARCHAR(MAX)) + N'.' <> CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND EXISTS (SELECT 1
  FROM registered_model_tags x
  WHERE x.workspace = 'default'
  AND x.[key] = ?
  AND x.name = m.name
  AND (x.value = ?
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' = CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2))
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND EXISTS (SELECT 1
  FROM registered_model_tags x
  WHERE x.workspace = 'default'
  AND x.[key] = ?
  AND x.name = m.name
  AND CAST(x.value AS NVARCHAR(MAX)) + N'.' <> CAST(? AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2)
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND NOT EXISTS (SELECT 1
  FROM registered_model_tags x
  WHERE x.workspace = 'default'
  AND x.[key] = ?
  AND x.name = m.name)
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND lower(m.name) LIKE lower(CAST(? AS NVARCHAR(4000))) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND m.name = ?

SELECT m.name, m.creation_time, m.last_updated_time, m.description
  FROM registered_models m
  WHERE m.workspace = 'default'
  AND m.name LIKE CAST(? AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'
  ORDER BY m.name
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT r.name, a.alias, a.version
  FROM registered_models r
  JOIN registered_model_aliases a ON a.workspace = r.workspace
  AND a.name = r.name
  WHERE r.workspace = 'default'
  AND r.name IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  ORDER BY a.alias

SELECT r.name, t.[key], t.value
  FROM registered_models r
  JOIN registered_model_tags t ON t.workspace = r.workspace
  AND t.name = r.name
  WHERE r.workspace = 'default'
  AND r.name IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  ORDER BY t.[key]

SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link, r.name
  FROM registered_models r
  JOIN model_versions v ON v.workspace = 'default'
  AND v.name = r.name
  AND v.version = (SELECT m.version
  FROM model_versions m
  WHERE m.workspace = 'default'
  AND m.name = r.name
  AND m.current_stage = 'None'
  ORDER BY m.version DESC
  OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY)
  WHERE r.workspace = 'default'
  AND r.name IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  UNION ALL SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link, r.name
  FROM registered_models r
  JOIN model_versions v ON v.workspace = 'default'
  AND v.name = r.name
  AND v.version = (SELECT m.version
  FROM model_versions m
  WHERE m.workspace = 'default'
  AND m.name = r.name
  AND m.current_stage = 'Staging'
  ORDER BY m.version DESC
  OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY)
  WHERE r.workspace = 'default'
  AND r.name IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  UNION ALL SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link, r.name
  FROM registered_models r
  JOIN model_versions v ON v.workspace = 'default'
  AND v.name = r.name
  AND v.version = (SELECT m.version
  FROM model_versions m
  WHERE m.workspace = 'default'
  AND m.name = r.name
  AND m.current_stage = 'Production'
  ORDER BY m.version DESC
  OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY)
  WHERE r.workspace = 'default'
  AND r.name IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  UNION ALL SELECT v.name, v.version, v.creation_time, v.last_updated_time, v.user_id, v.current_stage, v.description, v.source, v.run_id, v.status, v.status_message, v.run_link, r.name
  FROM registered_models r
  JOIN model_versions v ON v.workspace = 'default'
  AND v.name = r.name
  AND v.version = (SELECT m.version
  FROM model_versions m
  WHERE m.workspace = 'default'
  AND m.name = r.name
  AND m.current_stage = 'Archived'
  ORDER BY m.version DESC
  OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY)
  WHERE r.workspace = 'default'
  AND r.name IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  ORDER BY 2

UPDATE registered_models SET last_updated_time = ?
  WHERE workspace = 'default'
  AND name = ?

UPDATE registered_models SET last_updated_time = last_updated_time
  WHERE workspace = 'default'
  AND name = ?

UPDATE registered_models SET name = ?
  WHERE workspace = 'default'
  AND name = ?

-- webhook_events

DELETE FROM webhook_events
  WHERE webhook_id = ?

INSERT INTO webhook_events(webhook_id, entity, action)
  VALUES (?, ?, ?)

SELECT entity, action
  FROM webhook_events
  WHERE webhook_id = ?
  ORDER BY entity, action

SELECT webhook_id, entity, action
  FROM webhook_events
  WHERE webhook_id IN (SELECT v
  FROM OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (v VARCHAR(8000) '$[0]'))
  ORDER BY entity, action

-- webhooks

INSERT INTO webhooks(workspace, webhook_id, name, description, url, status, secret, creation_timestamp, last_updated_timestamp)
  VALUES ('default', ?, ?, ?, ?, ?, ?, ?, ?)

SELECT w.webhook_id, w.name, w.description, w.url, w.status, w.secret, w.creation_timestamp, w.last_updated_timestamp
  FROM webhooks w
  WHERE w.workspace = 'default'
  AND w.deleted_timestamp IS NULL
  AND EXISTS (SELECT 1
  FROM webhook_events e
  WHERE e.webhook_id = w.webhook_id
  AND e.entity = ?
  AND e.action = ?)
  ORDER BY w.creation_timestamp DESC, w.webhook_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT w.webhook_id, w.name, w.description, w.url, w.status, w.secret, w.creation_timestamp, w.last_updated_timestamp
  FROM webhooks w
  WHERE w.workspace = 'default'
  AND w.deleted_timestamp IS NULL
  ORDER BY w.creation_timestamp DESC, w.webhook_id
  OFFSET ? ROWS FETCH NEXT ? ROWS ONLY

SELECT w.webhook_id, w.name, w.description, w.url, w.status, w.secret, w.creation_timestamp, w.last_updated_timestamp
  FROM webhooks w
  WHERE w.workspace = 'default'
  AND w.webhook_id = ?
  AND w.deleted_timestamp IS NULL

UPDATE webhooks SET deleted_timestamp = ?, last_updated_timestamp = ?, secret = NULL
  WHERE webhook_id = ?

UPDATE webhooks SET name = ?, description = ?, url = ?, status = ?, secret = ?, last_updated_timestamp = ?
  WHERE webhook_id = ?
