"""The parts of the benchmark, each of which returns what goes into the results under its name."""
