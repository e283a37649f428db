-- The share of the variance within a data set that one parameter explains, less what as many values
-- would explain by chance (epsilon squared: Kelley 1935); each data set counts the same.
, explained AS (
    SELECT dataset,
           sum(n) AS runs,
           count(*) AS values,
           sum(n * mean) / sum(n) AS overall,
           sum(squares) - sum(n) * overall * overall AS total,
           sum(n * mean * mean) - sum(n) * overall * overall AS between
    FROM means
    GROUP BY dataset
)
SELECT avg(1 - (1 - between / total) * (runs - 1) / (runs - values)) AS effect
FROM explained
WHERE total > 0 AND runs > values;
