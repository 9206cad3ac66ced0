"""The world in a box: the networks over HTTP on loopback. Knows nothing of the rest of the program."""
