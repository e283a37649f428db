-- For each value (a = b), and each two values of different parameters (a after b), that some run
-- has: how many runs, how many of them failed to train, the 95 % Wilson score interval of that share
-- (Wilson 1927; z = 1.96), and how well the others do: their mean percentile and its deviation.
WITH counted AS (
    SELECT a.parameter AS a_parameter, a.level AS a_level,
           b.parameter AS b_parameter, b.level AS b_level,
           count(*) AS n,
           count(*) FILTER (failed) AS failures,
           steady_mean(CASE WHEN NOT failed THEN percentile END) AS mean,
           steady_deviation(CASE WHEN NOT failed THEN percentile END) AS deviation
    FROM trained
    JOIN setting AS a USING (position)
    JOIN setting AS b USING (position)
    WHERE a.parameter > b.parameter OR (a.parameter = b.parameter AND a.level = b.level)
    GROUP BY ALL
), estimated AS (
    SELECT *, failures / n AS share, 1.959963984540054 AS z,
           (share + z * z / (2 * n)) / (1 + z * z / n) AS centre,
           z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n) AS half_width
    FROM counted
)
SELECT a_parameter, a_level, b_parameter, b_level, n, failures, share,
       greatest(0, centre - half_width) AS low,
       least(1, centre + half_width) AS high,
       mean, deviation
FROM estimated
ORDER BY a_parameter, a_level, b_parameter, b_level;
