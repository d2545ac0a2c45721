"""Running the pages of an edition: warm kernels and parallel execution."""
