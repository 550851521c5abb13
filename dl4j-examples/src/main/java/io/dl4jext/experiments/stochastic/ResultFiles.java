package io.dl4jext.experiments.stochastic;

import io.dl4jext.experiments.cli.ResultFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** CSV files: a row for each training, and a row for each of its epochs. An interrupted experiment leaves what it has. */
final class ResultFiles {

    static final String RUNS =
            "method,batch_size,momentum,ratio,examples,seed,diverged,last_accuracy,maximum_accuracy,seconds";
    static final String EPOCHS = "method,batch_size,momentum,ratio,seed,epoch,training_loss,test_accuracy";

    private final Path folder;
    private final List<String> runs = new ArrayList<>(List.of(RUNS));
    private final List<String> epochs = new ArrayList<>(List.of(EPOCHS));

    ResultFiles(Path folder) {
        this.folder = folder;
    }

    void add(Run run) throws IOException {
        Setting setting = run.setting();
        String key = "\"" + run.arm().name() + "\"," + setting.batchSize() + "," + setting.momentum() + ","
                + setting.ratio() + ",";
        runs.add(key + run.examples() + "," + run.seed() + "," + run.diverged() + "," + run.lastAccuracy() + ","
                + run.maximumAccuracy() + "," + run.seconds());
        double[] losses = run.losses();
        double[] accuracies = run.accuracies();
        for (int epoch = 0; epoch < losses.length; epoch++) {
            epochs.add(key + run.seed() + "," + (epoch + 1) + "," + losses[epoch] + "," + accuracies[epoch]);
        }
        ResultFolder.replace(folder.resolve("runs.csv"), runs);
        ResultFolder.replace(folder.resolve("epochs.csv"), epochs);
    }
}
