-- The fewest and the most epochs that a completed run trained for; NULL if that is not recorded.
SELECT min(epochs), max(epochs)
FROM run
WHERE status = 'completed';
