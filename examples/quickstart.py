"""Train on a real data set, log everything to a Millrace server, find it again.

    pip install mlflow-skinny scikit-learn matplotlib pandas
    ./dev serve                                   # in another terminal
    python examples/quickstart.py [http://127.0.0.1:5000]
"""

import sys

import matplotlib
import mlflow
import pandas
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

matplotlib.use("agg")
from matplotlib import pyplot

mlflow.set_tracking_uri(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5000")
mlflow.set_experiment("quickstart")

data = load_breast_cancer(as_frame=True)
train_x, test_x, train_y, test_y = train_test_split(data.data, data.target, random_state=0)
scaler = StandardScaler().fit(train_x)

for alpha in (1e-4, 1e-2, 1.0):
    with mlflow.start_run(run_name=f"sgd alpha={alpha}"):
        mlflow.log_params({"alpha": alpha, "loss": "log_loss", "epochs": 20})
        mlflow.set_tags({"data": "breast cancer", "library": "scikit-learn"})
        model = SGDClassifier(loss="log_loss", alpha=alpha, random_state=0)
        losses = []
        for epoch in range(20):
            model.partial_fit(scaler.transform(train_x), train_y, classes=[0, 1])
            losses.append(log_loss(test_y, model.predict_proba(scaler.transform(test_x))))
            mlflow.log_metric("log_loss", losses[-1], step=epoch)
        predicted = model.predict(scaler.transform(test_x))
        mlflow.log_metric("accuracy", accuracy_score(test_y, predicted))

        figure, axes = pyplot.subplots()
        axes.plot(losses)
        axes.set(xlabel="epoch", ylabel="log loss")
        mlflow.log_figure(figure, "plots/log_loss.png")
        pandas.DataFrame({"actual": test_y, "predicted": predicted}).to_csv("predictions.csv", index=False)
        mlflow.log_artifact("predictions.csv", "tables")
        mlflow.sklearn.log_model(model, name="classifier")

best = mlflow.search_runs(
    experiment_names=["quickstart"], filter_string="params.loss = 'log_loss' and metrics.accuracy > 0.5",
    order_by=["metrics.accuracy DESC"], output_format="list",
)[0]
client = mlflow.MlflowClient()
history = client.get_metric_history(best.info.run_id, "log_loss")
table = pandas.read_csv(mlflow.artifacts.download_artifacts(run_id=best.info.run_id, artifact_path="tables/predictions.csv"))
models = mlflow.search_logged_models(experiment_ids=[best.info.experiment_id], output_format="list")
loaded = mlflow.sklearn.load_model(next(m.model_uri for m in models if m.source_run_id == best.info.run_id))

assert len(history) == 20 and len(table) == len(test_y)
assert accuracy_score(test_y, loaded.predict(scaler.transform(test_x))) == best.data.metrics["accuracy"]
print(f"best: {best.info.run_name}, accuracy {best.data.metrics['accuracy']:.3f}, {len(client.list_artifacts(best.info.run_id))} artifact folders")
