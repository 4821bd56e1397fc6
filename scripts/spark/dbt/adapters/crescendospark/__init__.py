"""Where dbt looks for an adapter of the type that profiles.yml names."""

from crescendo.spark.adapter import Credentials, CrescendoSparkAdapter
from dbt.adapters.base import AdapterPlugin
from dbt.include import crescendospark

Plugin = AdapterPlugin(
    adapter=CrescendoSparkAdapter,
    credentials=Credentials,
    include_path=crescendospark.PACKAGE_PATH,
    dependencies=["spark"],
)
