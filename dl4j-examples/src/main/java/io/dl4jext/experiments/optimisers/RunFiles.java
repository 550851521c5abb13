package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.ResultFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code runs.csv}, a row for each training, and {@code curves.csv}, one for each of its points; whole at any moment. */
final class RunFiles {

    private final Path folder;
    private final List<String> runs = new ArrayList<>(List.of("run,seed,diverged,loss,accuracy,seconds"));
    private final List<String> points = new ArrayList<>(List.of("run,seed,steps,train_loss,test_loss,test_accuracy"));

    RunFiles(Path folder) {
        this.folder = folder;
    }

    void add(Run run) throws IOException {
        String start = "\"" + run.name() + "\"," + run.seed() + ",";
        runs.add(start + run.diverged() + "," + run.loss() + "," + run.accuracy() + "," + run.seconds());
        for (CurvePoint point : run.curve()) {
            points.add(start + point.steps() + "," + point.trainLoss() + "," + point.testLoss() + ","
                    + point.testAccuracy());
        }
        ResultFolder.replace(folder.resolve("runs.csv"), runs);
        ResultFolder.replace(folder.resolve("curves.csv"), points);
    }
}
