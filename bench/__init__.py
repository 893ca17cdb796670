"""Speed, as ratios to what a user would use instead, measured in the same run: `make bench`."""
