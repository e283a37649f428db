-- The data sets on which so many runs share the best result that their mid-rank is below 0.9, so that
-- none counts among the best tenth.
WITH best AS (
    SELECT dataset, max(percentile) AS percentile, count(*) AS runs
    FROM scored
    GROUP BY dataset
)
SELECT label, count(*) AS tied, runs
FROM best JOIN scored USING (dataset, percentile) JOIN dataset ON dataset.name = best.dataset
WHERE percentile < 0.9::FLOAT AND raw IS NOT NULL
GROUP BY dataset.name, label, runs
HAVING tied > 1
ORDER BY label, dataset.name;
