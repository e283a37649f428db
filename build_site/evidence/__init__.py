"""What the runs are evidence for, and how sure that is: statistics that the pages put into words.

Each module answers one question from the same arrays (`outcomes`), in NumPy and SciPy, and knows
nothing of pages.
"""
