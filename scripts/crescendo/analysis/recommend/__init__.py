"""Recommend: from the user-item matrix to lists that are served, and to a model that only a better one replaces.

- `matrix`, `splits`, `metrics`, `models`, `evaluate`: arrays in, arrays out; no warehouse.
- `store` holds the schema `recommendations`; `train` and `score` read the marts and write it.
- `serve` answers over HTTP; `drift`, `promotion` and `retrain` decide when a model is replaced.
"""
