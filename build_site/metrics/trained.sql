-- For every run that ended, whether it failed to train: it diverged, or its metric is no better than
-- guessing can give. If the metric is a share, that is what at most 1 in 1,000 guessers exceeds:
-- chance + 3.09 standard deviations of a share of test_size images (normal approximation to the
-- binomial). Otherwise, or where test_size is not known, a relative value of at most 0.02. Where
-- chance has no meaning, no completed run failed. A run that did not fail hardly learned if it came
-- less than a tenth of the way from guessing to the best run.
CREATE TABLE trained AS
WITH limited AS (
    SELECT name, chance,
           CASE WHEN $is_share AND test_size > 0 AND chance BETWEEN 0 AND 1
                THEN chance + 3.090232306167814 * sqrt(chance * (1 - chance) / test_size)
           END AS guessing
    FROM dataset
)
SELECT position, dataset, percentile,
       status = 'diverged' AS diverged,
       raw IS NOT NULL AND coalesce(
           CASE WHEN guessing IS NOT NULL THEN raw <= guessing
                WHEN direction = 'maximize' THEN coalesce(relative <= 0.02, raw <= chance)
                ELSE coalesce(relative <= 0.02, raw >= chance) END,
           false
       ) AS at_chance,
       raw IS NULL OR at_chance AS failed,
       NOT failed AND coalesce(relative < 0.1, false) AS hardly_learned
FROM scored JOIN limited ON limited.name = scored.dataset, study;
