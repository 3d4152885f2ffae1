-- Experiments 1003 and 1004 with ten finished runs each: two metrics of 1,000 points in the first, of 100,000 points in the second.
PRAGMA synchronous=OFF;
BEGIN;
INSERT INTO experiments(experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time, workspace)
VALUES (1003, 'scale/curves', 'mlflow-artifacts:/1003', 'active', 1763900000000, 1763900000000, 'default'),
       (1004, 'scale/long-curves', 'mlflow-artifacts:/1004', 'active', 1763900000000, 1763900000000, 'default');
CREATE TEMP TABLE drawn AS
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19)
SELECT i, lower(hex(randomblob(16))) AS id, CASE WHEN i < 10 THEN 1003 ELSE 1004 END AS experiment,
       CASE WHEN i < 10 THEN 1000 ELSE 100000 END AS points FROM n;
INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
                 source_version, lifecycle_stage, artifact_uri, experiment_id)
SELECT id, 'curve-' || i, 'UNKNOWN', '', '', 'ada', 'FINISHED', 1763900000000 + i * 1000, 1763909000000, '', 'active',
       'mlflow-artifacts:/' || experiment || '/' || id || '/artifacts', experiment FROM drawn;
INSERT INTO metrics(key, value, timestamp, run_uuid, step, is_nan)
WITH RECURSIVE s(step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM s WHERE step < 99999)
SELECT key, 10.0 / (1 + step * 10.0 / points + i % 10 * 0.1) + abs(random()) % 1000 / 2e3, 1763900000000 + step * 20, id, step, 0
FROM (SELECT 'loss' AS key UNION ALL SELECT 'accuracy') CROSS JOIN drawn CROSS JOIN s WHERE step < points;
INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid)
SELECT m.key, m.value, m.timestamp, m.step, 0, m.run_uuid FROM drawn d CROSS JOIN metrics m ON m.run_uuid = d.id AND m.step = d.points - 1;
COMMIT;
