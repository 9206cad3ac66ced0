"""The steps of the pipeline, a verb a file.

Walking order: load, plan, render, review, deliver, listen, detect, keep, watch; examine looks at the ground before.
"""
