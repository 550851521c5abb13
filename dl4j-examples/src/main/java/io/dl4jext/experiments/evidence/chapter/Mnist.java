package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.cell.DataFolder;
import io.dl4jext.experiments.evidence.cell.DataSet;
import java.util.ArrayList;
import java.util.List;

/** MNIST as there is of it: the whole, or the images that come with the program. */
final class Mnist {

    private static final int ALL = 60_000;
    private static final int EMBEDDED = 6_000;

    private Mnist() {}

    /** The first so many training images, or as many as there are. */
    static List<String> arguments(DataFolder data, int limit) {
        boolean whole = data.has(DataSet.MNIST);
        List<String> arguments = new ArrayList<>(
                whole
                        ? List.of("--data", "mnist", "--data-dir", DataSet.MNIST.placeholder())
                        : List.of("--data", "mnist-subset"));
        if (limit < (whole ? ALL : EMBEDDED)) {
            arguments.addAll(List.of("--limit", String.valueOf(limit)));
        }
        return arguments;
    }

    static String name(DataFolder data) {
        return data.has(DataSet.MNIST) ? "MNIST" : "MNIST subset";
    }
}
