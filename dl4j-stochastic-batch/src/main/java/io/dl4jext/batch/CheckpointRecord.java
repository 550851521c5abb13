package io.dl4jext.batch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.optimize.listeners.Checkpoint;
import org.deeplearning4j.optimize.listeners.CheckpointListener;

/** The file in which DL4J's {@link CheckpointListener} writes down the models it saves: when it grows, one is saved. */
final class CheckpointRecord {

    private final File folder;
    private final File file;
    private long known;
    /** Whether a model was saved before something else trained, of which this was not asked yet. */
    private boolean before;

    CheckpointRecord(Path folder) {
        this.folder = folder.toFile();
        file = folder.resolve("checkpointInfo.txt").toFile();
        pass();
    }

    /** What has been saved by now is nothing new. */
    void pass() {
        known = file.length();
    }

    /** What has been saved by now is not of what trains next. */
    void keep() {
        before = hasGrown();
    }

    /** Whether a model was saved since this was asked. */
    boolean hasGrown() {
        long size = known;
        pass();
        boolean grown = before || known > size;
        before = false;
        return grown;
    }

    /**
     * The file of the last model, which is to be that of the update with this count of iterations.
     *
     * @throws IOException if it is that of another
     */
    String lastModel(int iteration) throws IOException {
        Checkpoint last = CheckpointListener.lastCheckpoint(folder);
        if (last == null || last.getIteration() != iteration) {
            throw new IOException("Expected the CheckpointListener's model of this update, iteration " + iteration
                    + ", got " + (last == null ? "none" : "that of iteration " + last.getIteration())
                    + "; add the CheckpointListener before TrainingCheckpoints");
        }
        return last.getFilename();
    }
}
