-- A completed run has a point for each epoch that was planned, the last of which is its result.
-- A diverged run has fewer, and no result.
WITH curve AS (
    SELECT run_id, count(*) AS points, min(epoch) AS first, max(epoch) AS last,
           arg_max(test_accuracy, epoch) AS test, arg_max(validation_accuracy, epoch) AS validation
    FROM epoch
    GROUP BY run_id
)
SELECT run_id || ' (' || status || ') has a learning curve of ' || coalesce(points, 0)
       || ' points, and ' || coalesce(run.epochs::VARCHAR, 'unknown') || ' epochs'
FROM run
LEFT JOIN curve USING (run_id)
WHERE CASE status
    WHEN 'completed' THEN
        run.epochs IS DISTINCT FROM $epochs OR points IS DISTINCT FROM $epochs
        OR first <> 1 OR last <> $epochs OR test IS DISTINCT FROM test_accuracy
        OR validation IS DISTINCT FROM validation_accuracy
    WHEN 'diverged' THEN
        coalesce(points, 0) <> coalesce(run.epochs, 0) OR coalesce(last, 0) > $epochs
    ELSE true  -- sweeps record no other status
END
ORDER BY run_id;
