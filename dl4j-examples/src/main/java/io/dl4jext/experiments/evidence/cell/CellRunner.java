package io.dl4jext.experiments.evidence.cell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How a cell is run. */
public interface CellRunner {

    /**
     * Runs one.
     *
     * @param arguments of the program, {@code --output} included
     * @param share of the machine
     * @param log where to what it prints goes, at the end
     * @param meanwhile to be called from time to time
     * @return 0 if it came to its end, another number if it failed
     */
    int run(List<String> arguments, Share share, Path log, Runnable meanwhile) throws IOException;
}
