"""F2: the only folder that imports torch: build, trace, capture, pictures, devices."""
