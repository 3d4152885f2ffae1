import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
# The official client waits and asks again when a server answers 5xx; a test wants the first answer.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
os.environ.setdefault("MLFLOW_TRACKING_INSECURE_TLS", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
