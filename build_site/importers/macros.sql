-- A value as text, NULL if it is what tools and spreadsheets write for a missing one; of a very long
-- text only the start and a hash are kept. A not-a-number stays: as a metric it means that a run
-- diverged.
CREATE MACRO stated(value) AS
    CASE WHEN value IN ('', 'NA', 'N/A', 'n/a', '<NA>', 'NaT', 'null', 'NULL', 'None', '-', '--',
                        '–', '—', '?', '#N/A', '#NA', '#NULL!', '#VALUE!', '#DIV/0!', '#REF!',
                        '#NUM!', '#NAME?') THEN NULL
         WHEN length(value) > 200 THEN left(value, 150) || '… ' || left(md5(value), 8)
         ELSE value END;

-- A value of a parameter: a not-a-number is a missing one.
CREATE MACRO given(value) AS CASE WHEN lower(value) IN ('nan', '-nan') THEN NULL ELSE value END;

-- A number of any notation, NULL for anything else.
CREATE MACRO number(value) AS TRY_CAST(value AS DOUBLE);

-- The same, NULL if it is not finite.
CREATE MACRO finite(value) AS CASE WHEN isfinite(number(value)) THEN number(value) END;

-- A whole number of any notation that a BIGINT holds, NULL for anything else; digits are kept, which a
-- DOUBLE of more than 53 bits would round.
CREATE MACRO whole(value) AS
    coalesce(CASE WHEN regexp_full_match(value, '[+-]?\d+') THEN TRY_CAST(value AS BIGINT) END,
             CASE WHEN finite(value) = floor(number(value))
                  THEN TRY_CAST(number(value) AS BIGINT) END);

-- Seconds: a number, or a time span such as '0 days 00:00:12.5'.
CREATE MACRO span(value) AS coalesce(number(value), epoch(TRY_CAST(value AS INTERVAL)));
