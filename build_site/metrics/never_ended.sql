-- The data sets whose runs all failed, and how many these are.
SELECT coalesce(any_value(label), run.dataset) AS label, count(*) AS runs
FROM run LEFT JOIN dataset ON dataset.name = run.dataset
GROUP BY run.dataset
HAVING bool_and(status = 'failed')
ORDER BY run.dataset;
