// What the official Java client does: `java -cp 'LIBRARIES/*' Scenario.java URL FOLDER`. Prints "ok" at the end. Artifacts
// need `mlflow` of the Python client in the path, as that client documents.

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mlflow.api.proto.Service;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowClientException;
import org.mlflow.tracking.MlflowHttpException;

public class Scenario {
  static void require(boolean holds, Object seen) {
    if (!holds) throw new AssertionError("seen: " + seen);
  }

  public static void main(String[] arguments) throws Exception {
    try (MlflowClient client = new MlflowClient(arguments[0])) {
      String experiment = client.createExperiment("java");
      require(client.getExperimentByName("java").get().getExperimentId().equals(experiment), experiment);
      String run = client.createRun(experiment).getRunId();
      metricsAndParams(client, experiment, run);
      artifacts(client, run, Path.of(arguments[1]));
      models(client, run);
      lifecycle(client, experiment, run);
    }
    System.out.println("ok");
  }

  static void metricsAndParams(MlflowClient client, String experiment, String run) {
    for (int step = 0; step < 3; ++step) client.logMetric(run, "m", step / 2.0, 1000 + step, step);
    client.logMetric(run, "nan", Double.NaN);
    client.logParam(run, "p", "ü");
    client.setTag(run, "t", "v");
    client.logBatch(run,
        List.of(Service.Metric.newBuilder().setKey("b").setValue(1.5).setTimestamp(1).setStep(0).build()),
        List.of(Service.Param.newBuilder().setKey("q").setValue("2").build()),
        List.of(Service.RunTag.newBuilder().setKey("u").setValue("w").build()));
    client.setTerminated(run, Service.RunStatus.FINISHED);
    Service.Run kept = client.getRun(run);
    require(kept.getInfo().getStatus() == Service.RunStatus.FINISHED, kept);
    require(kept.getData().getParamsList().stream().anyMatch(p -> p.getKey().equals("p") && p.getValue().equals("ü")), kept);
    require(kept.getData().getMetricsList().stream().anyMatch(m -> m.getKey().equals("nan") && Double.isNaN(m.getValue())), kept);
    require(client.getMetricHistory(run, "m").stream().map(Service.Metric::getValue).toList().equals(List.of(0.0, 0.5, 1.0)), kept);
    require(client.searchRuns(List.of(experiment), "metrics.m >= 1 and params.q = '2'").get(0).getRunId().equals(run), run);
    require(client.searchRuns(List.of(experiment), "metrics.m > 1").isEmpty(), run);
    require(client.searchExperiments("name = 'java'").getItems().size() == 1, experiment);
    try {
      client.logParam(run, "p", "another");
      throw new AssertionError("a param was changed");
    } catch (MlflowHttpException refused) {
      require(refused.getStatusCode() == 400, refused);
    }
  }

  static void artifacts(MlflowClient client, String run, Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("notes.txt"), "hello");
    client.logArtifact(run, file.toFile(), "a");
    require(client.listArtifacts(run, "a").get(0).getPath().equals("a/notes.txt"), client.listArtifacts(run));
    File kept = client.downloadArtifacts(run, "a/notes.txt");
    require(Files.readString(kept.toPath()).equals("hello"), kept);
  }

  static void models(MlflowClient client, String run) {
    client.sendPost("registered-models/create", "{\"name\": \"java-model\"}");
    String source = client.getRun(run).getInfo().getArtifactUri() + "/a";
    client.sendPost("model-versions/create",
        String.format("{\"name\": \"java-model\", \"source\": \"%s\", \"run_id\": \"%s\"}", source, run));
    client.sendPost("registered-models/alias", "{\"name\": \"java-model\", \"alias\": \"best\", \"version\": \"1\"}");
    require(client.sendGet("registered-models/alias?name=java-model&alias=best").contains("\"version\""), "alias");
    require(client.getModelVersion("java-model", "1").getRunId().equals(run), run);
    require(client.getRegisteredModel("java-model").getName().equals("java-model"), run);
    require(client.getLatestVersions("java-model").get(0).getVersion().equals("1"), run);
    require(client.getModelVersionDownloadUri("java-model", "1").equals(source), source);
    require(client.searchModelVersions("name = 'java-model'").getItems().size() == 1, run);
    try {
      client.getRegisteredModel("missing");
      throw new AssertionError("a model was found");
    } catch (MlflowClientException missing) {
      require(missing.getMessage().contains("RESOURCE_DOES_NOT_EXIST"), missing);
    }
  }

  static void lifecycle(MlflowClient client, String experiment, String run) {
    client.deleteRun(run);
    require(client.searchRuns(List.of(experiment), "", Service.ViewType.DELETED_ONLY).size() == 1, run);
    client.restoreRun(run);
    client.renameExperiment(experiment, "java-renamed");
    client.setExperimentTag(experiment, "k", "v");
    client.deleteExperiment(experiment);
    require(client.getExperiment(experiment).getLifecycleStage().equals("deleted"), experiment);
    client.restoreExperiment(experiment);
  }
}
