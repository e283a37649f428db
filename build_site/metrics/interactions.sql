-- How runs with each value of $parameter do at each value of $other, on the percentile: over all
-- data sets, where `dataset` is NULL, and on each. A diverged run counts, ranked last.
SELECT first.level, second.level AS other, dataset,
       count(*) AS n,
       steady_mean(percentile) AS mean,
       steady_deviation(percentile) AS deviation
FROM scored
JOIN setting AS first USING (position)
JOIN setting AS second USING (position)
WHERE first.parameter = $parameter AND second.parameter = $other
GROUP BY GROUPING SETS ((first.level, second.level), (first.level, second.level, dataset))
ORDER BY ALL;
