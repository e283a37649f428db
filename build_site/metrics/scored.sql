-- Sums of shares as whole numbers of 2^-32, which are the same to the last digit in whichever order
-- threads add them; those of floating-point numbers are not, and a site would differ from build to
-- build.
CREATE MACRO whole(x) AS (x::DOUBLE * 4294967296)::BIGINT;
CREATE MACRO steady_sum(x) AS sum(whole(x)) / 4294967296;
CREATE MACRO steady_mean(x) AS steady_sum(x) / count(x);
CREATE MACRO steady_deviation(x) AS sqrt(
    (count(x) * sum(whole(x)::HUGEINT * whole(x)) - sum(whole(x)) * sum(whole(x)))::DOUBLE
    / nullif(count(x) * (count(x) - 1.0), 0)
) / 4294967296;

-- One row for each run that ended (a failed run has no result): its metric, and the metric made
-- comparable between data sets. Single precision: the pages compare the very same numbers.
--
--   percentile  mid-rank among all runs on the data set, from 0, the worst, to 1, the best;
--               a diverged run ranks behind every run that completed
--   relative    0 is guessing, 1 the best run of the study on the data set
CREATE TABLE scored AS
WITH ended AS NOT MATERIALIZED (
    SELECT run_id, config_id, dataset, status, seed,
           -- What single precision cannot hold is no result.
           CASE WHEN status = 'completed' AND abs(measured) < 3e38 THEN measured END AS value,
           CASE WHEN direction = 'maximize' THEN value ELSE -value END AS score
    FROM measured_run, study
    WHERE status <> 'failed'
), whole AS (
    SELECT dataset, count(*) - 1 AS others, arg_max(value, score) AS best
    FROM ended
    GROUP BY dataset
), ranked AS (
    SELECT *,
           rank() OVER rising - 1 AS worse,
           count(*) OVER rising - 1 - worse AS equal -- besides the run itself
    FROM ended
    WINDOW rising AS (PARTITION BY dataset ORDER BY score NULLS FIRST)
)
SELECT row_number() OVER (ORDER BY run_id) - 1 AS position,
       run_id, config_id, ranked.dataset, status, seed,
       value::FLOAT AS raw,
       CASE WHEN others = 0 THEN 0.5 ELSE (worse + equal / 2) / others END::FLOAT AS percentile,
       -- Nothing is relative to a best run that is no better than guessing.
       CASE WHEN CASE direction WHEN 'maximize' THEN best > chance ELSE best < chance END
            THEN (value - chance) / (best - chance) END::FLOAT AS relative
FROM ranked
JOIN whole USING (dataset)
JOIN dataset ON dataset.name = ranked.dataset, study
ORDER BY position;
