COPY study FROM 'study.parquet' (FORMAT parquet);
COPY parameter FROM 'parameter.parquet' (FORMAT parquet);
COPY dataset FROM 'dataset.parquet' (FORMAT parquet);
COPY run FROM 'run.parquet' (FORMAT parquet);
COPY epoch FROM 'epoch.parquet' (FORMAT parquet);
