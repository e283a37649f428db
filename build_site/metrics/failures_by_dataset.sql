-- How many runs on each data set failed to train: those that diverged, and those that guess; and how
-- many others hardly learned.
SELECT dataset, count(*), count(*) FILTER (diverged), count(*) FILTER (at_chance),
       count(*) FILTER (hardly_learned)
FROM trained
GROUP BY dataset;
