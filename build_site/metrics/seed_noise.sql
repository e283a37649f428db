-- How far runs lie apart that share data set and configuration and differ in nothing but their seed:
-- the pooled standard deviation of their percentile, NULL if no configuration was repeated. Sums of
-- one order are the same to the last digit, whichever thread adds what.
WITH repeated AS (
    SELECT min(position) AS first,
           count(*) AS n,
           list_var_samp(list_sort(list(percentile::DOUBLE))) AS variance
    FROM scored
    GROUP BY dataset, config_id
    HAVING n > 1
)
SELECT count(*)::BIGINT AS configurations,
       coalesce(sum(n), 0)::BIGINT AS runs,
       sqrt(sum((n - 1) * variance ORDER BY first) / sum(n - 1)) AS deviation
FROM repeated;
