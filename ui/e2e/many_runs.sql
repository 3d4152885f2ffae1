-- Experiments 1001 and 1002 with 2,000 and 100,000 finished runs: six metrics, five params, two tags each, and
-- in the first one 2,000 metric and param columns over all of its runs.
PRAGMA synchronous=OFF;
BEGIN;
INSERT INTO experiments(experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time, workspace)
VALUES (1001, 'scale/two-thousand', 'mlflow-artifacts:/1001', 'active', 1763900000000, 1763900000000, 'default'),
       (1002, 'scale/hundred-thousand', 'mlflow-artifacts:/1002', 'active', 1763900000000, 1763900000000, 'default');
CREATE TEMP TABLE made AS
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 101999)
SELECT i, lower(hex(randomblob(16))) AS id, CASE WHEN i < 2000 THEN 1001 ELSE 1002 END AS experiment,
       1763900000000 + i * 1000 AS start, abs(random()) % 1000000 / 1e6 AS noise FROM n;
INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
                 source_version, lifecycle_stage, artifact_uri, experiment_id)
SELECT id, (CASE i % 5 WHEN 0 THEN 'calm-otter-' WHEN 1 THEN 'bold-heron-' WHEN 2 THEN 'keen-lynx-' WHEN 3 THEN 'wise-ibex-'
       ELSE 'swift-wren-' END) || i, 'UNKNOWN', '', '', (CASE i % 3 WHEN 0 THEN 'ada' WHEN 1 THEN 'grace' ELSE 'alan' END),
       (CASE WHEN i % 37 = 0 THEN 'FAILED' ELSE 'FINISHED' END), start, start + 60000 + i % 977 * 1000, '', 'active',
       'mlflow-artifacts:/' || experiment || '/' || id || '/artifacts', experiment FROM made;
INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid)
SELECT key, round(low + (high - low) * (noise * 0.7 + abs(random()) % 1000 / 1e3 * 0.3), 5), start, 100, 0, id
FROM (SELECT 'val/accuracy' AS key, 0.5 AS low, 1.0 AS high UNION ALL SELECT 'val/loss', 0.1, 2.0 UNION ALL SELECT 'train/accuracy', 0.6, 1.0
      UNION ALL SELECT 'train/loss', 0.05, 1.5 UNION ALL SELECT 'f1', 0.3, 0.9 UNION ALL SELECT 'seconds', 10, 4000) CROSS JOIN made;
INSERT INTO params(key, value, run_uuid)
SELECT key, CASE key WHEN 'model' THEN CASE i % 4 WHEN 0 THEN 'resnet50' WHEN 1 THEN 'vit-b16' WHEN 2 THEN 'convnext' ELSE 'mlp' END
       WHEN 'lr' THEN printf('%g', 0.0001 * (1 + i % 50)) WHEN 'batch_size' THEN CAST(1 << (4 + i % 6) AS TEXT)
       WHEN 'optimizer' THEN CASE i % 3 WHEN 0 THEN 'adamw' WHEN 1 THEN 'sgd' ELSE 'lion' END ELSE CAST(i AS TEXT) END, id
FROM (SELECT 'model' AS key UNION ALL SELECT 'lr' UNION ALL SELECT 'batch_size' UNION ALL SELECT 'optimizer' UNION ALL SELECT 'seed') CROSS JOIN made;
INSERT INTO tags(key, value, run_uuid)
SELECT 'mlflow.runName', name, run_uuid FROM runs WHERE experiment_id IN (1001, 1002)
UNION ALL SELECT 'team', CASE i % 2 WHEN 0 THEN 'vision' ELSE 'speech' END, id FROM made;
INSERT OR IGNORE INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid)
SELECT printf('wide/metric_%04d', (i * 7 + k) % 1000), noise * k, start, 1, 0, id
FROM made CROSS JOIN (WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 20) SELECT k FROM n) WHERE experiment = 1001;
INSERT OR IGNORE INTO params(key, value, run_uuid)
SELECT printf('wide/param_%04d', (i * 7 + k) % 1000), CAST(i % 10 AS TEXT), id
FROM made CROSS JOIN (WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 20) SELECT k FROM n) WHERE experiment = 1001;
COMMIT;
