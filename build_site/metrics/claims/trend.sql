-- The least-squares slope of the difference over the difficulty of the data sets.
SELECT regr_slope(first.mean - second.mean, difficulty) AS effect
FROM means AS first
JOIN means AS second USING (dataset)
JOIN difficulty ON difficulty.dataset = first.dataset
WHERE first.arm = 0 AND second.arm = 1;
