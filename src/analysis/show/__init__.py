"""What a page shows: charts, prose and the stamp of provenance, made from protected tables."""
