-- Of each run the last epoch, or the largest budget, counts: the last that has a number of the metric,
-- which may be measured every few epochs only. But a row that says another end than the last row does
-- counts for nothing: a run that failed was running before. Of an epoch that is there twice, as where
-- a run was resumed, the later row counts.
INSERT INTO dropped
WITH told AS (
    SELECT *, first_value(status) OVER run_from_its_end AS last_status
    FROM chosen
    WHERE run IS NOT NULL
    WINDOW run_from_its_end AS (PARTITION BY file, run ORDER BY epoch DESC NULLS LAST, row DESC)
)
SELECT row, 'another epoch, or budget, of a run'
FROM told
QUALIFY row_number() OVER (
    PARTITION BY file, run
    ORDER BY status IS NOT DISTINCT FROM last_status DESC, number(metric) IS NOT NULL DESC,
             epoch DESC NULLS LAST, row DESC
) > 1;
