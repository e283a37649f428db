-- A study of $count runs, drawn with replacement from the runs of the attached study `original`.
-- Accuracies and learning rates move a little, so that equal runs do not tie.
INSERT INTO study SELECT * REPLACE ('resampled' AS name) FROM original.study;
INSERT INTO parameter SELECT * FROM original.parameter;
INSERT INTO dataset SELECT * FROM original.dataset;
INSERT INTO run BY NAME
WITH numbered AS (
    SELECT *, row_number() OVER (ORDER BY run_id) - 1 AS number FROM original.run
), drawn AS (
    SELECT place, hash(place) % (SELECT count(*) FROM numbered) AS number,
           hash(place, 'noise') / 18446744073709551616 - 0.5 AS noise
    FROM range($count) AS places(place)
)
SELECT numbered.* EXCLUDE (number)
       REPLACE (
           md5(place::VARCHAR)[:16] AS run_id,
           least(1, greatest(0, test_accuracy + 0.01 * noise)) AS test_accuracy,
           learning_rate * (1 + 0.2 * noise) AS learning_rate
       )
FROM drawn JOIN numbered USING (number);
