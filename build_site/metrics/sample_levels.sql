-- Leaves table levels with the runs of the sample.
CREATE TABLE levels_of_sample AS
SELECT scored.position, levels.* EXCLUDE (position)
FROM scored JOIN levels ON levels.position = place;

CREATE OR REPLACE TABLE levels AS FROM levels_of_sample;
DROP TABLE levels_of_sample;
