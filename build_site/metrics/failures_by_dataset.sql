-- How many runs on each data set failed to train: those that diverged, and those that guess.
SELECT dataset, count(*), count(*) FILTER (diverged), count(*) FILTER (at_chance)
FROM trained
GROUP BY dataset;
