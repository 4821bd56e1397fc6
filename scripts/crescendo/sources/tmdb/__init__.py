"""Films: what TMDb says of them, day by day.

This product uses the TMDb API but is not endorsed or certified by TMDb.
"""
