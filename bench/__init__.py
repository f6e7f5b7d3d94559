"""Load and scale measurements; not tests. `make bench` runs `bench.run`."""
