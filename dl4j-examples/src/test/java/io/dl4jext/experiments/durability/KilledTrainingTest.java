package io.dl4jext.experiments.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The training of {@code kill} by itself. */
class KilledTrainingTest {

    @TempDir
    Path folder;

    /** A process that is killed when its result is written, but before it has ended. */
    @Test
    void itsEndMayComeTwice() throws IOException {
        KilledTraining training = new KilledTraining(Setup.CONTROLLED, folder, 3);
        training.run();
        List<String> end = training.end();
        training.run();
        assertThat(training.end()).isEqualTo(end);
        assertThat(training.resumedAt()).hasSize(2).startsWith(0).doesNotHaveDuplicates();
    }
}
