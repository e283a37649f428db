-- Every row of table raw with what becomes of it: `verdict` is completed, diverged or failed for a
-- run, and NULL for a row that is left out for `reason`. View chosen has the columns that the mapping
-- names, table word what the words for the end of a run mean, and table dropped the rows that stand
-- for a run that another row stands for too.
CREATE TABLE judged AS
WITH known AS (
    SELECT chosen.*, number(chosen.metric) AS number, dropped.reason AS dropped,
           CASE WHEN chosen.status IS NULL THEN 'completed' ELSE word.verdict END AS ended
    FROM chosen
    LEFT JOIN word ON word.status = chosen.status
    LEFT JOIN dropped ON dropped.row = chosen.row
)
SELECT row, file, dataset, run, seed, seconds, epoch,
       CASE WHEN dropped IS NOT NULL THEN dropped
            WHEN ended = 'unfinished' THEN 'unfinished (' || lower(status) || ')'
            WHEN dataset IS NULL THEN 'without a data set'
            WHEN ended IN ('failed', 'diverged') THEN NULL
            WHEN metric IS NULL AND $missing = 'left out' THEN 'without a value of the metric'
            WHEN metric IS NOT NULL AND number IS NULL THEN 'with a metric that is no number'
       END AS reason,
       CASE WHEN reason IS NOT NULL THEN NULL
            WHEN ended IN ('failed', 'diverged') THEN ended
            WHEN number IS NULL OR NOT isfinite(number) THEN 'diverged'
            ELSE 'completed'
       END AS verdict,
       CASE WHEN verdict = 'completed' THEN number / $unit END AS measured
FROM known;
