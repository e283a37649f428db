-- Whether the study is a small grid: at most $few combinations of values, each of them run on every
-- data set, and there twice or more on average.
WITH ended AS (
    FROM run WHERE status <> 'failed'
), grid AS (
    SELECT ${combinations} AS combinations FROM ended
), done AS (
    SELECT count(DISTINCT config_id) AS configurations, count(*) AS runs
    FROM ended
    GROUP BY dataset
)
SELECT coalesce(
    bool_and(combinations <= $few AND configurations = combinations AND runs >= 2 * combinations),
    false
)
FROM done, grid;
