-- Each data set that has runs in all four arms counts the same.
SELECT avg((a.mean - b.mean) - (c.mean - d.mean)) AS effect
FROM means AS a
JOIN means AS b USING (dataset)
JOIN means AS c USING (dataset)
JOIN means AS d USING (dataset)
WHERE a.arm = 0 AND b.arm = 1 AND c.arm = 2 AND d.arm = 3;
