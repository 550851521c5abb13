package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dl4jext.batch.TrainingCheckpointsTest.Shuffled;
import io.dl4jext.batch.schedule.BatchSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;

/** Where in its data a training goes on, whatever its program does with the data, and whatever the data does. */
class ResumedDataTest {

    private static final int EPOCHS = 3;

    @TempDir
    Path folder;

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /**
     * Before anything was drawn, too: a source that shuffles does so each time. Nor may it leave the epoch in which it
     * was broken off. Of those that carry, the second epoch begins with two batches of what was carried over.
     */
    @ParameterizedTest
    @CsvSource({"KEEP, 1", "DROP, 1", "CARRY, 1", "KEEP, 2"})
    void aProgramThatBeginsTheDataAnewBeforeEachEpoch(LastBatch last, int times) throws IOException {
        Path saves = folder("whole");
        INDArray whole = begunAnew(saves, last, times);
        assertThat(TrainingCheckpointsTest.states(saves)).hasSizeGreaterThan(10);
        for (Path state : TrainingCheckpointsTest.states(saves)) {
            String name = state.getFileName().toString();
            Path from = TrainingCheckpointsTest.only(state, folder("from-" + name));
            assertThat(begunAnew(from, last, times)).as(name).isEqualTo(whole);
        }
    }

    private static INDArray begunAnew(Path saves, LastBatch last, int times) throws IOException {
        DynamicBatchIterator data = DynamicBatchIterator.builder(
                        new Shuffled(), (epoch, iteration) -> epoch == 0 ? 14 : 4)
                .lastBatch(last)
                .build();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                .everyIterations(1)
                .everyEpochs(1)
                .keepLast(1000)
                .data(data)
                .build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(Nets::mlp);
        data.attachTo(network);
        network.addListeners(checkpoints);
        while (network.getEpochCount() < EPOCHS) {
            for (int time = 0; time < times; time++) {
                data.reset();
            }
            network.fit(data);
        }
        return network.params();
    }

    /** A normaliser of the batches, or a look at them, is repeated by the program that goes on, before it does so. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProgramThatPassesOverTheDataBeforeItResumes(boolean normalised) throws IOException {
        Path saves = folder("whole");
        INDArray whole = passedOver(saves, normalised);
        assertThat(TrainingCheckpointsTest.states(saves)).hasSizeGreaterThan(10);
        for (Path state : TrainingCheckpointsTest.states(saves)) {
            String name = state.getFileName().toString();
            Path from = TrainingCheckpointsTest.only(state, folder("from-" + name));
            assertThat(passedOver(from, normalised)).as(name).isEqualTo(whole);
        }
    }

    private static INDArray passedOver(Path saves, boolean normalised) throws IOException {
        DynamicBatchIterator data = DynamicBatchIterator.builder(new Shuffled(), BatchSchedule.constant(4))
                .build();
        if (normalised) {
            NormalizerStandardize normalizer = new NormalizerStandardize();
            normalizer.fit(data);
            data.setPreProcessor(normalizer);
        } else {
            data.reset();
        }
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                .everyIterations(1)
                .everyEpochs(1)
                .keepLast(1000)
                .data(data)
                .build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(Nets::mlp);
        data.attachTo(network);
        network.addListeners(checkpoints);
        while (network.getEpochCount() < EPOCHS) {
            network.fit(data);
        }
        return network.params();
    }

    /** It sees the rest alone, which is said, but training goes on where it was. */
    @Test
    void anEvaluationInTheMiddleOfAnEpoch() throws Throwable {
        List<DataSet> source = Nets.data(12);
        MultiLayerNetwork whole = Nets.mlp();
        DynamicBatchIterator all = DynamicBatchIterator.builder(new ListSource(source), BatchSchedule.constant(4))
                .build();
        Path saves = folder("whole");
        all.attachTo(whole);
        whole.addListeners(TrainingCheckpoints.builder(saves)
                .everyIterations(1)
                .keepLast(9)
                .data(all)
                .build());
        whole.fit(all);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new ListSource(source), BatchSchedule.constant(4))
                .build();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(TrainingCheckpointsTest.only(
                        TrainingCheckpointsTest.states(saves).get(0), folder("first")))
                .everyIterations(1)
                .data(batches)
                .build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseThrow();
        batches.attachTo(network);
        network.addListeners(checkpoints);
        assertThat(network.evaluate(batches).getNumRowCounter()).isEqualTo(8);
        network.fit(batches);
        assertThat(network.getIterationCount()).isEqualTo(3);
        assertThat(network.params()).isEqualTo(whole.params());
        assertThat(network.evaluate(batches).getNumRowCounter()).isEqualTo(12);
    }

    /** It fails in fit, where the update has been counted, not in a listener that asks whether the epoch is over. */
    @ParameterizedTest
    @EnumSource(
            value = LastBatch.class,
            names = {"DROP", "CARRY"})
    void aSourceThatFailsAtACheckpoint(LastBatch last) throws IOException {
        DynamicBatchIterator data = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(4, 4, 4)).failingAt(1, 2), BatchSchedule.constant(4))
                .lastBatch(last)
                .build();
        MultiLayerNetwork network = Nets.mlp();
        data.attachTo(network);
        BatchLog log = new BatchLog();
        network.addListeners(
                log,
                TrainingCheckpoints.builder(folder)
                        .everyIterations(1)
                        .data(data)
                        .build());
        assertThatIllegalStateException().isThrownBy(() -> network.fit(data)).withMessage("source failed on purpose");
        assertThat(network.getIterationCount()).isEqualTo(1);
        network.fit(data);
        assertThat(log.iterations).containsExactly(0, 1, 2);
        assertThat(TrainingCheckpointsTest.states(folder))
                .extracting(state -> state.getFileName().toString())
                .containsExactly("checkpoint-2.zip.state.json", "checkpoint-3-epoch-1.zip.state.json");
    }

    /** What is left fills a batch of the size before, or of the next, but not of both. */
    @ParameterizedTest
    @CsvSource({
        "DROP, 8, 16, checkpoint-2-epoch-1.zip",
        "CARRY, 8, 16, checkpoint-2-epoch-1.zip",
        "DROP, 16, 8, checkpoint-2.zip",
        "CARRY, 16, 8, checkpoint-2.zip"
    })
    void anEpochIsOverWhereTheNextSizeIsNotThereAnyMore(LastBatch last, int size, int nextSize, String saved)
            throws IOException {
        DynamicBatchIterator data = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(2 * size + 10)), (epoch, iteration) -> iteration < 2 ? size : nextSize)
                .lastBatch(last)
                .build();
        MultiLayerNetwork network = Nets.mlp();
        data.attachTo(network);
        network.addListeners(TrainingCheckpoints.builder(folder)
                .everyIterations(2)
                .everyEpochs(100)
                .data(data)
                .build());
        network.fit(data);
        assertThat(TrainingCheckpointsTest.states(folder))
                .extracting(state -> state.getFileName().toString())
                .containsExactly(saved + ".state.json");
    }

    /** A controller may be told of the update after the checkpoint was taken. */
    @Test
    void aSizeThatIsDecidedAfterTheCheckpointCounts() {
        int[] size = {4};
        DynamicBatchIterator data = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(20)), (epoch, iteration) -> size[0])
                .lastBatch(LastBatch.DROP)
                .build();
        MultiLayerNetwork network = Nets.mlp();
        data.attachTo(network);
        BatchLog log = new BatchLog();
        network.addListeners(
                TrainingCheckpoints.builder(folder)
                        .everyIterations(1)
                        .data(data)
                        .build(),
                log,
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        size[0]++;
                    }
                });
        network.fit(data);
        assertThat(log.sizes).containsExactly(4, 5, 6);
    }

    /** Once the source has been begun anew it is not the one that an older checkpoint goes on with. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSourceThatFailsWhileItIsGoneToThePlace(boolean dynamic) throws IOException {
        Path saves = folder("saves");
        INDArray whole = trained(folder("whole"), dynamic, EPOCHS, new Shuffled());
        trained(saves, dynamic, EPOCHS - 1, new Shuffled());
        assertThat(TrainingCheckpointsTest.states(saves)).hasSize(2);

        DataSetIterator data = data(dynamic, new Shuffled().failingAt(1, 1));
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(saves).data(data).build();
        for (String expected : List.of("got: source failed on purpose", "got: Expected ")) {
            assertThatIOException()
                    .isThrownBy(() -> checkpoints.resume(MultiLayerNetwork.class))
                    .withMessageStartingWith("Expected to reach the place in the data of ")
                    .withMessageContaining("epoch-2.zip.state.json")
                    .withMessageContaining(expected)
                    .withMessageContaining("start the program again");
        }
        assertThat(trained(saves, dynamic, EPOCHS, new Shuffled())).isEqualTo(whole);
    }

    private static DataSetIterator data(boolean dynamic, DataSetIterator source) {
        return dynamic
                ? DynamicBatchIterator.builder(source, BatchSchedule.constant(5))
                        .build()
                : source;
    }

    private static INDArray trained(Path saves, boolean dynamic, int epochs, DataSetIterator source)
            throws IOException {
        DataSetIterator data = data(dynamic, source);
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(saves).data(data).build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(Nets::mlp);
        network.addListeners(checkpoints);
        while (network.getEpochCount() < epochs) {
            network.fit(data);
        }
        return network.params();
    }

    /** What happens to a plain iterator in another process. */
    enum Plain {
        LIST,
        SHUFFLED,
        PREFETCHED,
        OF_A_GRAPH,
        OF_FLOATS,
        IN_A_LOOP;

        DataSetIterator data() {
            List<DataSet> batches = Nets.data(4, 5, 3, 6, 5);
            if (this == OF_FLOATS) {
                batches.forEach(batch -> batch.setFeatures(batch.getFeatures().castTo(DataType.FLOAT)));
            }
            return this == LIST
                    ? new ListSource(batches)
                    : new Shuffled(batches) {
                        private static final long serialVersionUID = 1L;

                        @Override
                        public boolean asyncSupported() {
                            return Plain.this == PREFETCHED;
                        }
                    };
        }

        /** @return after how many updates */
        int train(Path saves, int epochs, boolean begunAnew) throws IOException {
            return train(saves, data(), epochs, begunAnew);
        }

        int train(Path saves, DataSetIterator data, int epochs, boolean begunAnew) throws IOException {
            TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                    .everyIterations(1)
                    .everyEpochs(1)
                    .keepLast(1000)
                    .data(data)
                    .build();
            if (this == OF_A_GRAPH) {
                ComputationGraph graph =
                        checkpoints.resume(ComputationGraph.class).orElseGet(Nets::graph);
                graph.addListeners(checkpoints);
                while (graph.getConfiguration().getEpochCount() < epochs) {
                    graph.fit(data);
                }
                return graph.getIterationCount();
            }
            MultiLayerNetwork network =
                    checkpoints.resume(MultiLayerNetwork.class).orElseGet(Nets::mlp);
            network.addListeners(checkpoints);
            while (network.getEpochCount() < epochs) {
                if (begunAnew || !data.hasNext()) {
                    data.reset();
                }
                if (this == IN_A_LOOP) {
                    while (data.hasNext()) {
                        network.fit(data.next());
                    }
                    network.incrementEpochCount();
                    checkpoints.save(network);
                } else {
                    network.fit(data);
                }
            }
            return network.getIterationCount();
        }
    }

    private List<String> saidWhenResumed(Plain plain, Path state, boolean begunAnew) throws Throwable {
        Path from = TrainingCheckpointsTest.only(state, folder("from-" + state.getFileName()));
        return TrainingCheckpointsTest.said(DataPlace.class, () -> plain.train(from, EPOCHS, begunAnew));
    }

    @ParameterizedTest
    @EnumSource(Plain.class)
    void ofAPlainIteratorThatOnlyFitBeginsAnewNothingIsSaid(Plain plain) throws Throwable {
        Path saves = folder("whole");
        plain.train(saves, EPOCHS, false);
        for (Path state : TrainingCheckpointsTest.states(saves)) {
            assertThat(saidWhenResumed(plain, state, false)).as("%s", state).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Plain.class,
            names = {"SHUFFLED", "PREFETCHED", "OF_FLOATS", "IN_A_LOOP"})
    void ofAPlainIteratorThatTheProgramBeginsAnewAnotherOrderIsSaid(Plain plain) throws Throwable {
        Path saves = folder("whole");
        plain.train(saves, EPOCHS - 1, true);
        Path last = TrainingCheckpointsTest.states(saves)
                .get(TrainingCheckpointsTest.states(saves).size() - 1);
        assertThat(saidWhenResumed(plain, last, true))
                .singleElement()
                .asString()
                .startsWith("Expected the batches that the epoch had, in their order, got others")
                .contains("DynamicBatchIterator");
    }

    /** The batches before come twice; but where the training is from then on is known. */
    @Test
    void aPlainIteratorThatTheProgramBeginsAnewInMidEpoch() throws Throwable {
        Path saves = folder("whole");
        Plain.LIST.train(saves, EPOCHS, true);
        Path afterThree = saves.resolve("checkpoint-3.zip.state.json");
        assertThat(saidWhenResumed(Plain.LIST, afterThree, true))
                .singleElement()
                .asString()
                .startsWith(
                        "The data was begun anew after it had been gone to its place: 3 batches of this epoch are trained"
                                + " on twice.");
        // The fourth update was on the first batch, which is known after the fifth.
        List<Path> later = TrainingCheckpointsTest.states(folder("from-" + afterThree.getFileName()));
        assertThat(later).hasSizeGreaterThan(10);
        for (Path state : later) {
            String name = state.getFileName().toString();
            Path from = TrainingCheckpointsTest.only(state, folder("again-" + name));
            assertThat(TrainingCheckpointsTest.said(
                            DataPlace.class,
                            () -> assertThat(Plain.LIST.train(from, EPOCHS, false))
                                    .as(name)
                                    .isEqualTo(name.matches("checkpoint-[34]\\..*") ? 15 : 18)))
                    .hasSize(name.startsWith("checkpoint-4.") ? 1 : 0);
        }
    }

    /** One batch that is like one before it is no epoch begun anew: its place is what it was. */
    @Test
    void aBatchThatIsLikeAnotherSaysNothing() throws Throwable {
        List<DataSet> batches = Nets.data(4, 5, 3, 6, 5);
        batches.set(3, batches.get(0).copy());
        Path saves = folder("alike");
        Plain.LIST.train(saves, new ListSource(batches), EPOCHS, false);
        for (Path state : TrainingCheckpointsTest.states(saves)) {
            Path from = TrainingCheckpointsTest.only(state, folder("from-" + state.getFileName()));
            assertThat(TrainingCheckpointsTest.said(
                            DataPlace.class,
                            () -> assertThat(Plain.LIST.train(from, new ListSource(batches), EPOCHS, false))
                                    .isEqualTo(5 * EPOCHS)))
                    .isEmpty();
        }
    }
}
