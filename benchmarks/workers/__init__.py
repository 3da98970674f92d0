"""What is measured: each module is a process of its own, run by the Python of its own environment.

A worker imports its libraries, reads its memory, builds its model, and then computes only when its gate lets it.
"""
