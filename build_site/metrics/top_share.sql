-- For every value of every parameter: how many of its runs are among the best tenth of all runs on
-- their data set, and the 95 % Wilson score interval of that share (Wilson 1927; z = 1.96).
WITH counted AS (
    SELECT parameter, level, count(*) AS n, count(*) FILTER (percentile >= 0.9::FLOAT) AS hits
    FROM setting JOIN scored USING (position)
    GROUP BY parameter, level
), estimated AS (
    SELECT *, hits / n AS share, 1.959963984540054 AS z,
           (share + z * z / (2 * n)) / (1 + z * z / n) AS centre,
           z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n) AS half_width
    FROM counted
)
SELECT parameter, level, n, share,
       greatest(0, centre - half_width) AS low,
       least(1, centre + half_width) AS high,
       sum(hits) OVER (PARTITION BY parameter) / sum(n) OVER (PARTITION BY parameter) AS expected
FROM estimated
ORDER BY parameter, level;
