"""The parts of the matcher behind `roadmap.chart`, in the order in which they serve."""
