-- How runs with each value of $parameter do on the percentile: over all data sets, where `dataset`
-- is NULL, and on each. A diverged run counts, ranked last.
SELECT level, NULL::USMALLINT AS other, dataset,
       count(*) AS n,
       steady_mean(percentile) AS mean,
       steady_deviation(percentile) AS deviation
FROM setting JOIN scored USING (position)
WHERE parameter = $parameter
GROUP BY GROUPING SETS ((level), (level, dataset))
ORDER BY ALL;
