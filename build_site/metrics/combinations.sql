-- For each value (a = b), and each two values of different parameters (a after b), that some run of
-- the baseline has: how many runs of the baseline and of the selection have both, and the lift,
-- P(a, b | selection) / P(a, b | baseline). `interaction` is the lift of a pair divided by the
-- product of the lifts of its values. Expects view `chosen` (position, selected): the baseline, and
-- whether the performance range holds the run too.
WITH counted AS (
    SELECT a.parameter AS a_parameter, a.level AS a_level,
           b.parameter AS b_parameter, b.level AS b_level,
           count(*) AS in_baseline,
           count(*) FILTER (selected) AS in_selection
    FROM chosen
    JOIN setting AS a USING (position)
    JOIN setting AS b USING (position)
    WHERE a.parameter > b.parameter OR (a.parameter = b.parameter AND a.level = b.level)
    GROUP BY ALL
), lifted AS (
    SELECT counted.*, (in_selection / nullif(selected, 0)) / (in_baseline / baseline) AS lift
    FROM counted, (SELECT count(*) AS baseline, count(*) FILTER (selected) AS selected FROM chosen)
), single AS (
    SELECT a_parameter AS parameter, a_level AS level, lift
    FROM lifted
    WHERE a_parameter = b_parameter
)
SELECT a_parameter, a_level, b_parameter, b_level, in_baseline, in_selection, lifted.lift,
       CASE WHEN a_parameter = b_parameter THEN lifted.lift
            ELSE lifted.lift / nullif(a.lift * b.lift, 0) END AS interaction
FROM lifted
JOIN single AS a ON (a.parameter, a.level) = (a_parameter, a_level)
JOIN single AS b ON (b.parameter, b.level) = (b_parameter, b_level)
ORDER BY a_parameter, a_level, b_parameter, b_level;
