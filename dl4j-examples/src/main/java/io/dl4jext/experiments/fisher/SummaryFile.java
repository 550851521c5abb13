package io.dl4jext.experiments.fisher;

import io.dl4jext.experiments.cli.ResultFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One CSV file with a row for each finished configuration. Written anew, as a whole, after each of them, so that an
 * interrupted experiment leaves the rows that it has.
 */
final class SummaryFile {

    static final String HEADER = "configuration,batch_size,learning_rate,iterations,measurements,diverged,test_error,"
            + "average_condition_number,cumulative_energy,seconds,best";

    private final Path file;

    SummaryFile(Path file) {
        this.file = file;
    }

    void write(List<Result> results, Set<String> best) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(HEADER);
        for (Result result : results) {
            lines.add(String.join(
                    ",",
                    result.name(),
                    Integer.toString(result.configuration().batchSize()),
                    Double.toString(result.configuration().learningRate()),
                    Integer.toString(result.iterations()),
                    Integer.toString(result.history().measurements().size()),
                    Boolean.toString(result.diverged()),
                    Double.toString(result.testError()),
                    Double.toString(result.history().averageConditionNumber()),
                    Double.toString(result.history().cumulativeEnergy()),
                    Double.toString(result.seconds()),
                    Boolean.toString(best.contains(result.name()))));
        }
        ResultFolder.replace(file, lines);
    }
}
