"""Trained engines that may be given to the analysis. Each needs an optional extra; none is imported unasked."""
