package io.dl4jext.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.TrainingCheckpoints;
import io.dl4jext.batch.schedule.BatchSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.schedule.ScheduleType;

/** A ParallelWrapper's training, saved after each pass and resumed. */
@Tag("slow")
@Timeout(600)
class ParallelCheckpointsTest {

    @BeforeAll
    static void notOnBeta7() {
        SeveralThreads.assumeSafe();
    }

    private static final int PASSES = 3;

    @TempDir
    Path folder;

    /** One process of a user's program. */
    private static Model train(Path folder, boolean graph, boolean dynamic, int until) throws Exception {
        DataSetIterator source = ThreeClasses.shuffled(DataType.DOUBLE);
        DataSetIterator batches = dynamic
                ? DynamicBatchIterator.builder(source, BatchSchedule.linear(ScheduleType.EPOCH, 2, 6, 2))
                        .build()
                : source;
        AtomicInteger passes = new AtomicInteger();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder)
                .data(batches)
                .part("passes", passes::toString, state -> passes.set(Integer.parseInt(state)))
                .build();
        Class<? extends Model> type = graph ? ComputationGraph.class : MultiLayerNetwork.class;
        Optional<? extends Model> resumed = checkpoints.resume(type);
        Model network = resumed.isPresent() ? resumed.get() : Rule.NESTEROVS.network(graph, DataType.DOUBLE);
        while (passes.get() < until) {
            Workers.fit(Workers.wrapper(network, 2).averagingFrequency(1), 2, batches, List.of(checkpoints));
            passes.incrementAndGet();
            checkpoints.save(network);
        }
        return network;
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void resumedAfterAPass(boolean graph, boolean dynamic) throws Exception {
        Model whole = train(folder.resolve("whole"), graph, dynamic, PASSES);
        Path saves = folder.resolve("broken off");
        train(saves, graph, dynamic, PASSES - 1);
        Model resumed = train(saves, graph, dynamic, PASSES);
        assertThat(resumed.params()).isEqualTo(whole.params());
    }

    /** Its copies are averaged after a listener is called. */
    @Test
    void workersAreNotSaved() throws Exception {
        Model network = Rule.SGD.network(false, DataType.DOUBLE);
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(folder).everyIterations(1).build();
        Workers.fit(
                Workers.wrapper(network, 2).averagingFrequency(1),
                2,
                ThreeClasses.batches(DataType.DOUBLE),
                List.of(checkpoints));
        assertThat(files()).isEmpty();
        checkpoints.save(network);
        assertThat(files())
                .containsExactly("checkpoint-5-epoch-0.zip", "checkpoint-5-epoch-0.zip.state.json", "in-use.lock");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
        }
    }
}
