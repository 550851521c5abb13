package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.cli.EnumName;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** How paper 5 trained one of its networks and what came out, as it stands in a file beside this class. Immutable. */
final class PaperModel {

    private static final String FILE = "paper-5-accuracies.csv";

    private final int steps;
    private final int batchSize;
    private final String accuracy;

    private PaperModel(int steps, int batchSize, String accuracy) {
        this.steps = steps;
        this.batchSize = batchSize;
        this.accuracy = accuracy;
    }

    static Map<CifarModel, PaperModel> all() throws IOException {
        Map<CifarModel, PaperModel> all = new EnumMap<>(CifarModel.class);
        for (Map<String, String> record : PaperFile.read(FILE)) {
            all.put(
                    new EnumName<>(CifarModel.class).convert(record.get("model")),
                    new PaperModel(
                            Integer.parseInt(record.get("steps")),
                            Integer.parseInt(record.get("batch_size")),
                            record.get("accuracy")));
        }
        return all;
    }

    int steps() {
        return steps;
    }

    int batchSize() {
        return batchSize;
    }

    /** Of the test images, as the paper prints it. */
    String accuracy() {
        return accuracy;
    }
}
