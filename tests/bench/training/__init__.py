"""What is measured of training: a step beside a bare loop of torch, and degradation over ten seeds."""
