package io.dl4jext.experiments.implicit;

import io.dl4jext.experiments.cli.ResultFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One CSV file with a row for each finished training; an interrupted experiment leaves the rows that it has. */
final class RunFile {

    static final String HEADER = "data,arm,learning_rate,seed,diverged,loss,seconds";

    private final Path file;
    private final List<String> lines = new ArrayList<>(List.of(HEADER));

    RunFile(Path file) {
        this.file = file;
    }

    void add(Task task, Run run) throws IOException {
        lines.add(String.join(
                ",",
                ResultFolder.csvCell(task.name()),
                run.arm().toString(),
                Double.toString(run.rate()),
                Long.toString(run.seed()),
                Boolean.toString(run.diverged()),
                Double.toString(run.loss()),
                Double.toString(run.seconds())));
        ResultFolder.replace(file, lines);
    }
}
