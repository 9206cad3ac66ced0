"""The steps of the pipeline, a verb a file, in walking order: load, plan, render, review, deliver, listen, detect, keep, watch."""
