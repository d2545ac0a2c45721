"""Invented records: from nothing (demonstration), or that agree with published totals."""
