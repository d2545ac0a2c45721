"""Publishing: executed pages in, a static site of editions out."""
