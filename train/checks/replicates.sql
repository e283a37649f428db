-- On each data set enough configurations are repeated with another seed to know what chance does.
WITH configuration AS (
    SELECT dataset, config_id, count(DISTINCT seed) AS seeds
    FROM run
    GROUP BY dataset, config_id
)
SELECT dataset || ' has ' || count(*) FILTER (seeds > 1) || ' of ' || count(*)
       || ' configurations repeated with another seed'
FROM configuration
GROUP BY dataset
HAVING count(*) FILTER (seeds > 1) < $replicates * count(*)
ORDER BY ALL;
