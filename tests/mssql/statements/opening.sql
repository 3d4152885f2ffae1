-- alembic_version

SELECT version_num
  FROM alembic_version

-- experiments

INSERT INTO experiments(experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time, workspace)
  VALUES (0, 'Default', ?, 'active', ?, ?, 'default')

SELECT TOP (1) 1
  FROM experiments

-- latest_metrics

CREATE INDEX millrace_latest_metrics_by_value ON latest_metrics ([key], is_nan, value, run_uuid)

-- model_versions

CREATE INDEX millrace_model_versions_by_run ON model_versions (run_id)

CREATE INDEX millrace_model_versions_by_stage ON model_versions (workspace, name, current_stage, version)

CREATE INDEX millrace_model_versions_by_update ON model_versions (workspace, last_updated_time DESC, name, version DESC)

-- no table

DECLARE @given INT; EXEC @given = sp_getapplock @Resource = 'millrace_schema', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 600000; IF @given < 0 THROW 50002, 'another server makes the schema and does not end', 1;

SET IDENTITY_INSERT experiments OFF

SET IDENTITY_INSERT experiments ON

SET TRANSACTION ISOLATION LEVEL READ COMMITTED

-- registered_models

CREATE INDEX millrace_registered_models_by_update ON registered_models (workspace, last_updated_time DESC, name)

-- runs

CREATE INDEX millrace_runs_by_start ON runs (experiment_id, lifecycle_stage, start_time DESC, run_uuid)

-- secrets

CREATE TRIGGER prevent_secrets_aad_mutation ON secrets AFTER UPDATE AS IF EXISTS (SELECT secret_id, secret_name
  FROM inserted EXCEPT SELECT secret_id, secret_name
  FROM deleted) THROW 50001, 'the id and the name of a secret cannot be changed', 1;

-- sys.databases

SELECT CAST(COALESCE(SERVERPROPERTY('ProductMajorVersion'), 0) AS INT) AS version, CAST(SERVERPROPERTY('EngineEdition') AS INT) AS edition, d.compatibility_level AS compatibility, CAST(COALESCE(DATABASEPROPERTYEX(DB_NAME(), 'Collation'), '') AS NVARCHAR(128)) AS collation_name, d.snapshot_isolation_state AS snapshots
  FROM sys.databases AS d
  WHERE d.database_id = DB_ID()

-- sys.indexes

SELECT 1
  FROM sys.indexes
  WHERE object_id = OBJECT_ID(?)
  AND name = ?

-- sys.tables

SELECT 1
  FROM sys.tables
  WHERE schema_id = SCHEMA_ID()
  AND name = ?
