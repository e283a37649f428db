-- The learning curve of a resampled run is one of the curves of the original study.
INSERT INTO epoch
WITH curves AS (
    SELECT run_id, row_number() OVER (ORDER BY run_id) - 1 AS number
    FROM (SELECT DISTINCT run_id FROM original.epoch)
)
SELECT run.run_id, epoch.* EXCLUDE (run_id)
FROM run
JOIN curves ON curves.number = hash(run.run_id) % (SELECT count(*) FROM curves)
JOIN original.epoch ON epoch.run_id = curves.run_id;
