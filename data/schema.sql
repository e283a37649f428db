-- The contract between train/ (and the importers), which write a study, and build_site/, which
-- reads it. One study = one DuckDB file, or one folder of Parquet files exported from it.
-- A change of any column raises schema_version; a reader refuses a version it does not know.

CREATE TABLE study (
    schema_version INTEGER NOT NULL,   -- 1
    name           VARCHAR NOT NULL,   -- short and file-safe, such as 'cnn'
    title          VARCHAR NOT NULL,
    description    VARCHAR NOT NULL,
    metric         VARCHAR NOT NULL,   -- the column of run that is compared
    metric_label   VARCHAR NOT NULL,
    direction      VARCHAR NOT NULL CHECK (direction IN ('maximize', 'minimize')),
    created        TIMESTAMP NOT NULL, -- UTC
    provenance     VARCHAR NOT NULL    -- JSON: one object a sweep (images, settings, machine, versions)
);

CREATE TABLE parameter (
    position      INTEGER NOT NULL,    -- the order in which parameters are shown
    name          VARCHAR PRIMARY KEY, -- also the name of a column of run
    label         VARCHAR NOT NULL,
    kind          VARCHAR NOT NULL CHECK (kind IN ('categorical', 'ordinal', 'numeric')),
    scale         VARCHAR NOT NULL CHECK (scale IN ('linear', 'log')),
    "values"      VARCHAR[],           -- in order; NULL for a numeric parameter
    value_labels  VARCHAR[],           -- how each value is shown; NULL: as it is
    default_value VARCHAR,             -- what practitioners usually start from; NULL if nothing is usual
    description   VARCHAR NOT NULL
);

CREATE TABLE dataset (
    name        VARCHAR PRIMARY KEY,
    label       VARCHAR NOT NULL,
    classes     INTEGER,
    chance      DOUBLE,                -- the metric of guessing; NULL if it has no meaning
    train_size  BIGINT,                -- images available; how many a sweep used is in its provenance
    test_size   BIGINT,
    image_shape INTEGER[],             -- height, width, channels as trained on
    source      VARCHAR NOT NULL,
    checksum    VARCHAR                -- SHA-256 of the images used
);

-- Followed by one typed column for each row of parameter (VARCHAR for a categorical one,
-- BIGINT, DOUBLE or VARCHAR for an ordinal one, DOUBLE or BIGINT for a numeric one).
CREATE TABLE run (
    run_id              VARCHAR PRIMARY KEY,  -- hash of everything that decides the run
    config_id           VARCHAR NOT NULL,     -- hash of the parameter values alone
    dataset             VARCHAR NOT NULL,
    seed                BIGINT,
    status              VARCHAR NOT NULL CHECK (status IN ('completed', 'diverged', 'failed')),
    test_accuracy       DOUBLE,               -- 0 … 1; NULL unless completed
    validation_accuracy DOUBLE,
    train_accuracy      DOUBLE,
    train_loss          DOUBLE,               -- nats, mean of the last epoch
    epochs              INTEGER,              -- epochs trained; fewer than planned if diverged
    seconds             DOUBLE,               -- this run's share of its block's wall time
    device              VARCHAR,
    block_id            VARCHAR,              -- runs of one block saw the same mini-batches
    code_version        VARCHAR,
    started_at          TIMESTAMP             -- UTC
);

CREATE TABLE epoch (
    run_id              VARCHAR NOT NULL,
    epoch               INTEGER NOT NULL,     -- 1, 2, …
    train_loss          DOUBLE,
    validation_accuracy DOUBLE,
    test_accuracy       DOUBLE,
    PRIMARY KEY (run_id, epoch)
);
