"""The version that dbt shows beside the name: that of dbt-spark, which does the work."""

from dbt.adapters.spark.__version__ import version as version
