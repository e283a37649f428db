"""A ledger of testable sentences (data/claims.toml), each decided by the runs of a study."""
