"""Tells MLflow of a version. Run by registry.py, in the environment that has MLflow; reads JSON, imports nothing of us.

Once for a version: a run with its facts and figures, its file, and a version of the registered model. Each time: the
alias `champion` is on the version that serves, `challenger` on the one told of if it does not serve.
"""

import json
import sys

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

MODEL, EXPERIMENT = "crescendo", "recommend"


def registered(client: MlflowClient, version: str) -> str | None:
    """The number that a version has in the registry; None if it has none."""
    found = client.search_model_versions(f"name = '{MODEL}'")
    return next((one.version for one in found if one.tags.get("model_version") == version), None)


def register(client: MlflowClient, told: dict) -> str:
    """Add a run and a version; returns the version's number."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    number = experiment.experiment_id if experiment else client.create_experiment(EXPERIMENT, told["artefacts"])
    with mlflow.start_run(experiment_id=number, run_name=told["version"]) as run:
        mlflow.log_params(told["facts"])
        mlflow.log_metrics(told["figures"])
        mlflow.log_artifact(told["file"])
    source = f"{run.info.artifact_uri}/{told['facts']['file_name']}"
    tags = {"model_version": told["version"], "file_digest": told["facts"]["file_digest"]}
    return client.create_model_version(MODEL, source, run.info.run_id, tags=tags).version


def main() -> None:
    """Read what there is to tell from the standard input, and tell it."""
    told = json.load(sys.stdin)
    mlflow.set_tracking_uri(told["database"])
    client = MlflowClient()
    try:
        client.get_registered_model(MODEL)
    except MlflowException:
        client.create_registered_model(MODEL)
    number = registered(client, told["version"]) or register(client, told)
    serving = registered(client, told["serving"])
    if serving:
        client.set_registered_model_alias(MODEL, "champion", serving)
    if number != serving:
        client.set_registered_model_alias(MODEL, "challenger", number)
    elif "challenger" in client.get_registered_model(MODEL).aliases:
        client.delete_registered_model_alias(MODEL, "challenger")


if __name__ == "__main__":
    main()
