-- How many runs each arm of a comparison has in each data set and block, and the sum of their measure
-- and of its square. Runs of one block are not independent; blocks that repeat each other are one.
WITH arms AS (
    SELECT run.dataset,
           "group" AS block,
           ${measure} AS value,
           ${arm} AS arm
    FROM run JOIN scored USING (run_id) JOIN together USING (run_id)
), cells AS (
    SELECT dataset, block, arm,
           count(*) AS n, steady_sum(value) AS total, steady_sum(value * value) AS squares
    FROM arms
    WHERE arm IS NOT NULL
    GROUP BY dataset, block, arm
), means AS (
    SELECT dataset, arm, sum(n) AS n, sum(total) / sum(n) AS mean, sum(squares) AS squares
    FROM cells
    GROUP BY dataset, arm
)
