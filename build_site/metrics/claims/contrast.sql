-- Each data set that has runs in both arms counts the same.
SELECT avg(first.mean - second.mean) AS effect
FROM means AS first JOIN means AS second USING (dataset)
WHERE first.arm = 0 AND second.arm = 1;
