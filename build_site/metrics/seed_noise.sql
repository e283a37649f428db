-- How far runs lie apart that share data set and configuration and differ in nothing but their seed:
-- the pooled standard deviation of their percentile, NULL if no configuration was repeated.
WITH repeated AS (
    SELECT count(*) AS n, var_samp(percentile::DOUBLE) AS variance
    FROM scored
    GROUP BY dataset, config_id
    HAVING n > 1
)
SELECT count(*)::BIGINT AS configurations,
       coalesce(sum(n), 0)::BIGINT AS runs,
       sqrt(sum((n - 1) * variance) / sum(n - 1)) AS deviation
FROM repeated;
