package io.dl4jext.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dl4jext.batch.control.BatchController;
import io.dl4jext.batch.control.NormTest;
import io.dl4jext.batch.scaling.LearningRateScaling;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.batch.schedule.BatchSizes;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.FisherListener;
import io.dl4jext.fisher.sink.CsvSink;
import io.dl4jext.fisher.sink.JsonLinesSink;
import io.dl4jext.stochastic.StochasticBatch;
import io.dl4jext.stochastic.StochasticBatchListener;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.slf4j.LoggerFactory;

/**
 * A training that is broken off after any of its updates, or at the end of an epoch, and resumed, against one that is
 * not.
 */
class TrainingCheckpointsTest {

    private static final int EPOCHS = 3;

    @TempDir
    Path folder;

    /** In another order each time it is begun anew, as the seed has it. */
    static class Shuffled extends ListSource {

        private static final long serialVersionUID = 1L;

        private final transient List<DataSet> batches;
        private final Random random = new Random(5);

        Shuffled() {
            this(Nets.data(4, 5, 3, 6, 5));
        }

        Shuffled(List<DataSet> batches) {
            super(batches);
            this.batches = batches;
        }

        @Override
        public void reset() {
            super.reset();
            Collections.shuffle(batches, random);
        }
    }

    /** What a user's program trains with. */
    enum Setup {
        SCHEDULE(new Adam(0.02)),
        GRAPH(new Adam(0.02)),
        FLOAT(new Nesterovs(new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.9), 0.9)),
        DROP_THE_REST(new Nesterovs(0.1, 0.9)),
        CARRY_THE_REST(new Nesterovs(0.1, 0.9)),
        ACCUMULATED(new Adam(0.02)),
        SCALED(new Nesterovs(new ExponentialSchedule(ScheduleType.EPOCH, 0.05, 0.8), 0.9)),
        CONTROLLED(new Nesterovs(0.1, 0.9)),
        STOCHASTIC(new StochasticBatch(0.1)),
        PLAIN_ITERATOR(new Adam(0.02)),
        PLAIN_PREFETCHED(new Adam(0.02));

        private final IUpdater updater;

        Setup(IUpdater updater) {
            this.updater = updater;
        }

        private NeuralNetConfiguration.Builder builder() {
            return new NeuralNetConfiguration.Builder()
                    .seed(12)
                    .dataType(this == FLOAT ? DataType.FLOAT : DataType.DOUBLE)
                    .activation(Activation.TANH)
                    .dropOut(0.7)
                    .l2(1e-3)
                    .constrainWeights(new MaxNormConstraint(0.8, 1))
                    .updater(updater.clone());
        }

        Model network() {
            DenseLayer hidden =
                    new DenseLayer.Builder().nIn(Nets.INPUTS).nOut(5).build();
            BatchNormalization normalised =
                    new BatchNormalization.Builder().nIn(5).nOut(5).build();
            OutputLayer output = new OutputLayer.Builder(LossFunction.MCXENT)
                    .nIn(5)
                    .nOut(Nets.CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build();
            Model network = this == GRAPH
                    ? new ComputationGraph(builder()
                            .graphBuilder()
                            .addInputs("in")
                            .addLayer("hidden", hidden, "in")
                            .addLayer("normalised", normalised, "hidden")
                            .addLayer("out", output, "normalised")
                            .setOutputs("out")
                            .build())
                    : new MultiLayerNetwork(builder()
                            .list()
                            .layer(hidden)
                            .layer(normalised)
                            .layer(output)
                            .build());
            network.init();
            return network;
        }

        BatchSizes sizes(BatchController control) {
            return this == CONTROLLED
                    ? control
                    : (BatchSchedule) (epoch, iteration) -> iteration % 3 == 2 ? 5 : 3 + 2 * epoch;
        }

        DataSetIterator data(BatchController control) {
            if (this == PLAIN_ITERATOR || this == PLAIN_PREFETCHED) {
                return new Shuffled() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public boolean asyncSupported() {
                        return Setup.this == PLAIN_PREFETCHED;
                    }
                };
            }
            DynamicBatchIterator.Builder builder = DynamicBatchIterator.builder(new Shuffled(), sizes(control));
            if (this == DROP_THE_REST) {
                builder.lastBatch(LastBatch.DROP);
            } else if (this == CARRY_THE_REST) {
                builder.lastBatch(LastBatch.CARRY);
            } else if (this == ACCUMULATED) {
                builder.microBatchSize(2);
            } else if (this == SCALED) {
                builder.learningRateScaling(LearningRateScaling.squareRoot(4));
            }
            return builder.build();
        }
    }

    /** One process of the program. */
    private static final class Program {

        final Setup setup;
        final BatchController control = BatchController.builder(new NormTest())
                .bounds(2, 9)
                .initialSize(3)
                .build();
        final FisherListener fisher;
        final DataSetIterator data;
        final TrainingCheckpoints checkpoints;
        final List<TrainingListener> others;
        Model network;

        Program(Setup setup, Path folder, Path saves, Every every, TrainingListener... others) {
            this.setup = setup;
            this.others = List.of(others);
            try {
                fisher = FisherListener.builder()
                        .everyIterations(2)
                        .failFast(true)
                        .sink(control)
                        .sink(CsvSink.appending(folder.resolve("fisher.csv")))
                        .sink(JsonLinesSink.appending(folder.resolve("fisher.jsonl")))
                        .build();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            data = setup.data(control);
            checkpoints = every.of(TrainingCheckpoints.builder(saves)
                            .data(data)
                            .fisher(fisher)
                            .controller(control)
                            .keepLast(1000))
                    .build();
        }

        private interface Every {

            TrainingCheckpoints.Builder of(TrainingCheckpoints.Builder builder);
        }

        static final Every UPDATE = builder -> builder.everyIterations(1).everyEpochs(1);
        static final Every EPOCH = builder -> builder;
        static final Every CHECKPOINT_LISTENER = TrainingCheckpoints.Builder::besideCheckpointListener;

        /** @return whether it was resumed */
        boolean begin() throws IOException {
            Class<? extends Model> type = setup == Setup.GRAPH ? ComputationGraph.class : MultiLayerNetwork.class;
            Optional<? extends Model> resumed = checkpoints.resume(type);
            network = resumed.isPresent() ? resumed.get() : setup.network();
            if (epoch() < EPOCHS) {
                // Whatever a program does in between.
                Nd4j.rand(3, 3);
            }
            if (data instanceof DynamicBatchIterator) {
                ((DynamicBatchIterator) data).attachTo(network);
            }
            if (StochasticBatchListener.isNeededBy(network)) {
                StochasticBatchListener.attachTo(network);
            }
            network.addListeners(fisher);
            network.addListeners(others.toArray(new TrainingListener[0]));
            network.addListeners(checkpoints);
            return resumed.isPresent();
        }

        Program train() {
            while (epoch() < EPOCHS) {
                if (network instanceof ComputationGraph) {
                    ((ComputationGraph) network).fit(data);
                } else {
                    ((MultiLayerNetwork) network).fit(data);
                }
            }
            fisher.close();
            return this;
        }

        int epoch() {
            return BaseOptimizer.getEpochCount(network);
        }

        /** All that must be the same, as text where it can be read. */
        List<Object> end() {
            List<Object> end = new ArrayList<>();
            end.add(List.of(epoch(), BaseOptimizer.getIterationCount(network)));
            end.add(network.params().dup());
            end.add(io.dl4jext.batch.internal.Network.of(network)
                    .updater()
                    .getStateViewArray()
                    .dup());
            end.add(fisher.history().toJson());
            end.add(control.state());
            end.add(data instanceof DynamicBatchIterator ? ((DynamicBatchIterator) data).state() : "");
            end.add(Nd4j.rand(1, 4));
            return end;
        }
    }

    /** What there is of the files of a process that was killed. */
    private enum Left {
        /** What it had written since, too. */
        ALL,
        NOTHING,
        /** The disk was full, or the machine lost its power. */
        HALF_WITHOUT_A_LINE_FEED;

        void copy(Path from, Path to) throws IOException {
            if (this == ALL) {
                Files.copy(from, to);
            } else if (this == HALF_WITHOUT_A_LINE_FEED) {
                List<String> lines = Files.readAllLines(from);
                Files.writeString(to, String.join("\n", lines.subList(0, lines.size() / 2 + 1)));
            }
        }
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /** Rows and objects, not what comes between them. */
    private static List<String> rows(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line ->
                        !line.startsWith("#") && !line.startsWith("{\"run\"") && !line.startsWith("{\"done_again\""))
                .collect(Collectors.toList());
    }

    static List<Path> states(Path saves) throws IOException {
        try (Stream<Path> files = Files.list(saves)) {
            return files.filter(file -> file.toString().endsWith(".state.json"))
                    .sorted(Comparator.comparingInt(file ->
                            Integer.parseInt(file.getFileName().toString().split("[-_.]")[1])))
                    .collect(Collectors.toList());
        }
    }

    static Path only(Path state, Path to) throws IOException {
        Path model = state.resolveSibling(state.getFileName().toString().replace(".state.json", ""));
        Files.copy(state, to.resolve(state.getFileName()));
        Files.copy(model, to.resolve(model.getFileName()));
        return to;
    }

    private static void requireSame(List<Object> end, List<Object> expected, Object where) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(end.get(i)).as("item %d, %s", i, where).isEqualTo(expected.get(i));
        }
    }

    /** Each setup's third of the updates is another; the other updates are slow. */
    @ParameterizedTest
    @EnumSource(Setup.class)
    void resumedAfterAThirdOfTheUpdatesItEndsAsIfItHadNotBeenBrokenOff(Setup setup) throws IOException {
        requireSameEndWhenResumed(setup, number -> number % 3 == setup.ordinal() % 3);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(Setup.class)
    void resumedAfterTheOtherUpdates(Setup setup) throws IOException {
        requireSameEndWhenResumed(setup, number -> number % 3 != setup.ordinal() % 3);
    }

    private void requireSameEndWhenResumed(Setup setup, IntPredicate after) throws IOException {
        Nd4j.getRandom().setSeed(7);
        Path whole = folder("whole");
        Path saves = folder("saves");
        Program uninterrupted = new Program(setup, whole, saves, Program.UPDATE);
        assertThat(uninterrupted.begin()).isFalse();
        List<Object> expected = uninterrupted.train().end();

        List<Path> states = states(saves);
        // After every update, or at the end of the epoch that it ends; of iterators whose end is not known, both.
        assertThat(states).hasSizeGreaterThanOrEqualTo((int) ((List<?>) expected.get(0)).get(1));
        for (int k = 0; k < states.size(); k++) {
            if (!after.test(k)) {
                continue;
            }
            Path state = states.get(k);
            String name = state.getFileName().toString();
            Path resumedIn = folder("resumed-" + name);
            Left left = Left.values()[(k + k / 3) % Left.values().length];
            left.copy(whole.resolve("fisher.csv"), resumedIn.resolve("fisher.csv"));
            left.copy(whole.resolve("fisher.jsonl"), resumedIn.resolve("fisher.jsonl"));
            Program resumed = new Program(setup, resumedIn, only(state, folder("from-" + name)), Program.UPDATE);
            assertThat(resumed.begin()).isTrue();
            requireSame(resumed.train().end(), expected, name);
            assertThat(rows(resumedIn.resolve("fisher.csv"))).isEqualTo(rows(whole.resolve("fisher.csv")));
            assertThat(rows(resumedIn.resolve("fisher.jsonl"))).isEqualTo(rows(whole.resolve("fisher.jsonl")));
        }
    }

    /** Each process is killed in the update after the first that it saves. */
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(Setup.class)
    void killedAgainAndAgain(Setup setup) throws IOException {
        Nd4j.getRandom().setSeed(7);
        Path whole = folder("whole");
        Program uninterrupted = new Program(setup, whole, folder("other"), Program.UPDATE);
        uninterrupted.begin();
        List<Object> expected = uninterrupted.train().end();

        Nd4j.getRandom().setSeed(7);
        Path killed = folder("killed");
        Path saves = folder("saves");
        Program last = null;
        for (int processes = 1; last == null; processes++) {
            int saved = states(saves).size();
            Program program = new Program(setup, killed, saves, Program.UPDATE, new BaseTrainingListener() {
                @Override
                public void onForwardPass(Model model, List<INDArray> activations) {
                    requireNoneSaved();
                }

                @Override
                public void onForwardPass(Model model, Map<String, INDArray> activations) {
                    requireNoneSaved();
                }

                private void requireNoneSaved() {
                    try {
                        if (states(saves).size() > saved) {
                            throw new IllegalStateException("killed");
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            assertThat(program.begin()).isEqualTo(processes > 1);
            try {
                last = program.train();
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("killed");
                program.fisher.close();
            }
        }
        requireSame(last.end(), expected, setup);
        assertThat(rows(killed.resolve("fisher.csv"))).isEqualTo(rows(whole.resolve("fisher.csv")));
        assertThat(rows(killed.resolve("fisher.jsonl"))).isEqualTo(rows(whole.resolve("fisher.jsonl")));
    }

    @ParameterizedTest
    @EnumSource(Setup.class)
    void savedAtTheEndOfEpochsUnlessToldOtherwise(Setup setup) throws IOException {
        Nd4j.getRandom().setSeed(7);
        Path saves = folder("saves");
        Program uninterrupted = new Program(setup, folder("whole"), saves, Program.EPOCH);
        uninterrupted.begin();
        List<Object> expected = uninterrupted.train().end();
        assertThat(states(saves)).hasSize(EPOCHS);
        for (Path state : states(saves)) {
            String name = state.getFileName().toString();
            Program resumed =
                    new Program(setup, folder("resumed-" + name), only(state, folder("from-" + name)), Program.EPOCH);
            resumed.begin();
            requireSame(resumed.train().end(), expected, name);
        }
    }

    /** DL4J counts and applies constraints after its CheckpointListener has saved. */
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(Setup.class)
    void modelsOfTheCheckpointListener(Setup setup) throws IOException {
        Nd4j.getRandom().setSeed(7);
        Path saves = folder("saves");
        Program uninterrupted =
                new Program(setup, folder("whole"), saves, Program.CHECKPOINT_LISTENER, checkpointListener(saves));
        uninterrupted.begin();
        List<Object> expected = uninterrupted.train().end();
        List<Path> states = states(saves);
        assertThat(states).hasSizeGreaterThan(EPOCHS);
        for (Path state : states) {
            String name = state.getFileName().toString();
            Path from = only(state, folder("from-" + name));
            Path next = folder("from-" + name + "/next");
            Program resumed = new Program(
                    setup,
                    folder("resumed-" + name),
                    next,
                    builder -> builder.besideCheckpointListener().resumeFrom(from),
                    checkpointListener(next));
            assertThat(resumed.begin()).isTrue();
            requireSame(resumed.train().end(), expected, name);
        }
    }

    private static CheckpointListener checkpointListener(Path saves) {
        return new CheckpointListener.Builder(saves.toFile())
                .keepAll()
                .saveEveryNIterations(2)
                .saveEveryNEpochs(1)
                .build();
    }

    /** Hears of every n-th pass only, as one that saves by the clock. */
    private static BaseTrainingListener everyPass(int n, CheckpointListener saves) {
        return new BaseTrainingListener() {
            private int passes;

            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (passes++ % n == 0) {
                    saves.iterationDone(model, iteration, epoch);
                }
            }
        };
    }

    /** Between the parts of a batch, too: what is resumed from is of whole batches. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void modelsThatTheCheckpointListenerSavesAtAnyPart(int passes) throws IOException {
        Nd4j.getRandom().setSeed(7);
        Path saves = folder("saves");
        Program uninterrupted = new Program(
                Setup.ACCUMULATED,
                folder("whole"),
                saves,
                Program.CHECKPOINT_LISTENER,
                everyPass(passes, everyIteration(saves)));
        uninterrupted.begin();
        List<Object> expected = uninterrupted.train().end();
        List<Path> states = states(saves);
        assertThat(states).hasSizeBetween(3, saves.toFile().list().length / 2 - 1);
        for (int k = 0; k < states.size(); k += 2) {
            String name = states.get(k).getFileName().toString();
            Path from = only(states.get(k), folder("from-" + name));
            Path next = folder("from-" + name + "/next");
            Program resumed = new Program(
                    Setup.ACCUMULATED,
                    folder("resumed-" + name),
                    next,
                    builder -> builder.besideCheckpointListener().resumeFrom(from),
                    everyPass(passes, everyIteration(next)));
            assertThat(resumed.begin()).isTrue();
            requireSame(resumed.train().end(), expected, name);
        }
    }

    private static CheckpointListener everyIteration(Path saves) {
        return new CheckpointListener.Builder(saves.toFile())
                .keepAll()
                .saveEveryNIterations(1)
                .build();
    }

    /** Since the last it saves at a batch's first part, always. */
    @Test
    void modelsOfFirstPartsAreSaidToBeNone() throws Throwable {
        MultiLayerNetwork network = Nets.mlp();
        DynamicBatchIterator batches = inTwoParts();
        batches.attachTo(network);
        CheckpointListener models = new CheckpointListener.Builder(folder.toFile())
                .keepAll()
                .saveEveryNIterations(2, true)
                .build();
        network.addListeners(
                models,
                TrainingCheckpoints.builder(folder)
                        .besideCheckpointListener()
                        .data(batches)
                        .build());
        assertThat(said(() -> network.fit(batches, 4)))
                .singleElement()
                .asString()
                .contains("saveEveryNIterations(n)");
        assertThat(models.availableCheckpoints()).hasSize(3);
        assertThat(states(folder)).isEmpty();
    }

    /** Two batches of two parts each. */
    private static DynamicBatchIterator inTwoParts() {
        return DynamicBatchIterator.builder(new ListSource(Nets.data(8)), BatchSchedule.constant(4))
                .microBatchSize(2)
                .build();
    }

    /** Its models would be taken for those of the update after. */
    @ParameterizedTest
    @EnumSource(
            value = Setup.class,
            names = {"SCHEDULE", "ACCUMULATED"})
    void aCheckpointListenerThatComesLaterIsSaid(Setup setup) throws Throwable {
        Path saves = folder("saves");
        Program program = new Program(setup, folder("whole"), saves, Program.CHECKPOINT_LISTENER);
        program.begin();
        program.network.addListeners(checkpointListener(saves));
        assertThat(said(program::train))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("No checkpoint is saved", "before TrainingCheckpoints"));
        assertThat(states(saves)).isEmpty();
    }

    @Test
    void betweenTwoPartsNothingIsSaved() throws Throwable {
        MultiLayerNetwork network = Nets.mlp();
        DynamicBatchIterator batches = inTwoParts();
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(folder).data(batches).build();
        batches.attachTo(network);
        network.addListeners(checkpoints);
        network.fit(batches.next());
        assertThat(said(() -> checkpoints.save(network)))
                .singleElement()
                .asString()
                .contains("save after the last");
        assertThat(states(folder)).isEmpty();
        network.fit(batches.next());
        assertThat(said(() -> checkpoints.save(network))).isEmpty();
        assertThat(states(folder)).hasSize(1);
    }

    /** Nor where the place in the data does not tell. */
    @Test
    void betweenTwoPartsThatWereDrawnAheadNothingIsSaved() {
        MultiLayerNetwork network = Nets.mlp();
        DynamicBatchIterator batches = inTwoParts();
        batches.attachTo(network);
        int[] saved = {0};
        network.addListeners(TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .part("how often", () -> "" + saved[0]++, text -> {})
                .build());
        AsyncDataSetIterator ahead = new AsyncDataSetIterator(batches, 4);
        network.fit(ahead);
        ahead.shutdown();
        assertThat(saved[0]).isEqualTo(2);
    }

    @Test
    void keepsTheLast() throws IOException {
        Program program = new Program(
                Setup.SCHEDULE,
                folder("whole"),
                folder("saves"),
                builder -> builder.everyIterations(2).keepLast(3));
        program.begin();
        program.train();
        assertThat(states(folder("saves"))).hasSize(3);
        try (Stream<Path> files = Files.list(folder("saves"))) {
            assertThat(files).hasSize(7);
        }
    }

    /** What was broken is of a later update than what is saved after it. */
    @Test
    void theOneJustSavedIsKept() throws IOException {
        Path saves = folder("saves");
        Program first = new Program(
                Setup.SCHEDULE,
                folder("first"),
                saves,
                builder -> builder.everyIterations(1).keepLast(3));
        first.begin();
        first.train();
        int last = BaseOptimizer.getIterationCount(first.network);
        List<Path> newest = states(saves);
        for (Path broken : newest.subList(newest.size() - 2, newest.size())) {
            Files.writeString(broken, "{}");
        }
        int[] passes = {0};
        Program second = new Program(
                Setup.SCHEDULE,
                folder("second"),
                saves,
                builder -> builder.everyIterations(1).keepLast(1),
                new BaseTrainingListener() {
                    @Override
                    public void onForwardPass(Model model, List<INDArray> activations) {
                        if (passes[0]++ == 1) {
                            throw new IllegalStateException("killed");
                        }
                    }
                });
        assertThat(second.begin()).isTrue();
        assertThat(BaseOptimizer.getIterationCount(second.network)).isEqualTo(last - 2);
        assertThatIllegalStateException().isThrownBy(second::train).withMessage("killed");
        assertThat(states(saves)).containsExactly(saves.resolve("checkpoint-" + (last - 1) + ".zip.state.json"));
        assertThat(iterationOfResumed(saves)).isEqualTo(last - 1);
    }

    /**
     * After it has diverged a training is taken up again from an earlier network: that is what a resumed one goes on
     * with.
     */
    @Test
    void aTrainingThatWasTakenBackIsGoneOnWith() throws IOException {
        Path saves = folder("saves");
        MultiLayerNetwork diverged = Nets.mlp();
        diverged.addListeners(TrainingCheckpoints.builder(saves)
                .everyIterations(1)
                .keepLast(9)
                .build());
        diverged.fit(new ListSource(Nets.data(4, 5, 6)));
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                .everyIterations(1)
                .keepLast(9)
                .build();
        MultiLayerNetwork again = Nets.mlp();
        again.addListeners(checkpoints);
        again.fit(new ListSource(Nets.data(7)));
        assertThat(states(saves)).hasSizeGreaterThan(2);
        MultiLayerNetwork resumed = TrainingCheckpoints.builder(saves)
                .build()
                .resume(MultiLayerNetwork.class)
                .orElseThrow();
        assertThat(resumed.getIterationCount()).isEqualTo(1);
        assertThat(resumed.params()).isEqualTo(again.params());
    }

    /** As somebody would say "never". */
    @Test
    void anyTimeIsLongEnough() throws IOException {
        MultiLayerNetwork network = Nets.mlp();
        network.addListeners(TrainingCheckpoints.builder(folder)
                .every(java.time.temporal.ChronoUnit.FOREVER.getDuration())
                .build());
        network.fit(new ListSource(Nets.data(4, 5)));
        assertThat(network.getIterationCount()).isEqualTo(2);
        assertThat(states(folder)).isEmpty();
    }

    @Test
    void noFieldMayBeMissing() throws IOException {
        Path saves = folder("saves");
        Program program = new Program(Setup.CONTROLLED, folder("whole"), saves, Program.EPOCH);
        program.begin();
        program.train();
        Path state = states(saves).get(0);
        String text = Files.readString(state);
        requireAllFields(
                ((ObjectNode) new ObjectMapper().readTree(text))
                        .without("savedAt")
                        .toString(),
                11,
                CheckpointState::fromJson);
        requireAllFields(program.control.state(), 7, program.control::restore);
        DataPlace place = DataPlace.of(program.data);
        requireAllFields(CheckpointState.fromJson(text).parts.get("data"), 4, saved -> place.restore(saved, 9, true));
    }

    private static void requireAllFields(String text, int fields, Consumer<String> reader) throws IOException {
        ObjectNode whole = (ObjectNode) new ObjectMapper().readTree(text);
        List<String> names = new ArrayList<>();
        whole.fieldNames().forEachRemaining(names::add);
        assertThat(names).hasSize(fields);
        for (String name : names) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> reader.accept(whole.deepCopy().without(name).toString()))
                    .withMessageContaining("'" + name + "'");
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> reader.accept(whole.deepCopy().putNull(name).toString()))
                    .withMessageContaining(name);
        }
    }

    /** A state file of version 1, as it was first written: it stays readable. */
    @Test
    void theFormatOfVersion1() throws IOException {
        String text = new String(
                getClass()
                        .getResourceAsStream("/checkpoint-version-1.state.json")
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        CheckpointState state = CheckpointState.fromJson(text);
        assertThat(state.model).isEqualTo("checkpoint-4.zip");
        assertThat(state.network).isEqualTo("MultiLayerNetwork");
        assertThat(List.of(state.iteration, state.epoch)).containsExactly(4, 0);
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new Shuffled(), BatchSchedule.constant(3))
                .build();
        assertThat(DataPlace.of(batches).restore(state.parts.get("data"), 4, true))
                .isFalse();
        assertThat(batches.state().examples()).isEqualTo(16);
        FisherHistory history = FisherHistory.fromJson(state.parts.get("fisher"));
        // In the history's own present version.
        assertThat(FisherHistory.fromJson(history.toJson()).toJson()).isEqualTo(history.toJson());
        assertThat(history.measurements().get(1).effectiveRank()).isNaN();
        assertThat(history.measurements()).hasSize(2);
        BatchController control = BatchController.builder(new NormTest())
                .bounds(2, 9)
                .initialSize(3)
                .build();
        control.restore(state.parts.get("controller"));
        assertThat(control.state()).isEqualTo(state.parts.get("controller"));
    }

    /** An int has ten digits. */
    @Test
    void iterationsOfTenDigitsAreFoundAndRemovedAsOthersAre() throws IOException {
        MultiLayerNetwork network = (MultiLayerNetwork) Setup.SCHEDULE.network();
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(folder).keepLast(1).build();
        int iteration = 999_999_999;
        for (int i = 0; i < 3; i++) {
            network.getLayerWiseConfigurations().setIterationCount(iteration + i);
            checkpoints.save(network);
        }
        assertThat(folder.toFile().list((dir, name) -> name.endsWith(".zip")))
                .hasSize(1)
                .allMatch(name -> name.startsWith("checkpoint-1000000001"));
        assertThat(TrainingCheckpoints.builder(folder)
                        .build()
                        .resume(MultiLayerNetwork.class)
                        .orElseThrow()
                        .getIterationCount())
                .isEqualTo(1_000_000_001);
    }

    /** Nobody tells a listener of epochs there. */
    @Test
    void aLoopOfOnesOwnSavesAfterEachPass() throws IOException {
        INDArray whole = loop(folder("whole"), 3);
        for (int passes = 1; passes < 3; passes++) {
            Path saves = folder("after" + passes);
            loop(saves, passes);
            assertThat(loop(saves, 3)).isEqualTo(whole);
        }
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(folder).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> checkpoints.save(null))
                .withMessage("Expected a MultiLayerNetwork or ComputationGraph, got null");
    }

    private static INDArray loop(Path saves, int until) throws IOException {
        DataSetIterator data = new Shuffled();
        AtomicInteger passes = new AtomicInteger();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                .data(data)
                .part("passes", passes::toString, state -> passes.set(Integer.parseInt(state)))
                .build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(() ->
                (MultiLayerNetwork) Setup.SCHEDULE.network());
        network.addListeners(checkpoints);
        while (passes.get() < until) {
            if (!data.hasNext()) {
                data.reset();
            }
            while (data.hasNext()) {
                network.fit(data.next());
            }
            passes.incrementAndGet();
            checkpoints.save(network);
        }
        return network.params();
    }

    /** The numbers that it has gone on with since are not drawn again. */
    @Test
    void aLoopThatGoesOnInFitDrawsNoNumberTwice() throws IOException {
        INDArray whole = loopAndFit(folder("whole"), 2);
        Path saves = folder("after");
        loopAndFit(saves, 1);
        assertThat(loopAndFit(saves, 2)).isEqualTo(whole);
    }

    /** Two single batches, of which the second is after a checkpoint, and then an epoch. */
    private static INDArray loopAndFit(Path saves, int until) throws IOException {
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(saves).everyEpochs(9).build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(() ->
                (MultiLayerNetwork) Setup.SCHEDULE.network());
        network.addListeners(checkpoints);
        List<DataSet> data = Nets.data(4, 4, 4);
        if (network.getIterationCount() == 0) {
            network.fit(data.get(0));
            checkpoints.save(network);
        }
        if (until > 1) {
            network.fit(data.get(1));
            network.fit(new ListSource(List.of(data.get(2))));
        }
        return network.params();
    }

    /** Whether a loop of one's own tells the network of its epochs. */
    enum Increments {
        NEVER,
        BEFORE_IT_SAVES,
        AFTER_IT_SAVED
    }

    /** The iterator counts passes itself: it is to know which it was in, though the network's count says less. */
    @ParameterizedTest
    @EnumSource(Increments.class)
    void aLoopOfOnesOwnOverAnAttachedIterator(Increments increments) throws IOException {
        List<Integer> whole = attachedLoop(folder("whole"), 4, increments);
        assertThat(whole).containsExactly(3, 3, 3, 3, 5, 5, 2, 8, 4, 12);
        for (int passes = 1; passes < 4; passes++) {
            Path saves = folder("after" + passes);
            List<Integer> sizes = attachedLoop(saves, passes, increments);
            sizes.addAll(attachedLoop(saves, 4, increments));
            assertThat(sizes).isEqualTo(whole);
        }
    }

    /** @return the sizes of the batches that are trained on */
    private static List<Integer> attachedLoop(Path saves, int until, Increments increments) throws IOException {
        DynamicBatchIterator data = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(7, 5)),
                        (epoch, iteration) -> List.of(3, 5, 8, 20).get(epoch))
                .build();
        AtomicInteger passes = new AtomicInteger();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                .data(data)
                .part("passes", passes::toString, state -> passes.set(Integer.parseInt(state)))
                .build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(Nets::mlp);
        data.attachTo(network);
        BatchLog log = new BatchLog();
        network.addListeners(log, checkpoints);
        while (passes.get() < until) {
            if (!data.hasNext()) {
                data.reset();
            }
            while (data.hasNext()) {
                network.fit(data.next());
            }
            passes.incrementAndGet();
            if (increments == Increments.BEFORE_IT_SAVES) {
                network.incrementEpochCount();
            }
            checkpoints.save(network);
            if (increments == Increments.AFTER_IT_SAVED) {
                network.incrementEpochCount();
            }
        }
        return log.sizes;
    }

    /** Within an epoch it has no place to go on at; the end of the epoch is one. */
    @Test
    void whatIsDrawnAheadIsSavedAtTheEpochsEnd() throws IOException {
        Path saves = folder("whole");
        INDArray whole = drawnAhead(saves, 2);
        assertThat(states(saves))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("checkpoint-8-epoch-1.zip.state.json", "checkpoint-16-epoch-2.zip.state.json");
        Path broken = folder("broken");
        drawnAhead(broken, 1);
        assertThat(drawnAhead(broken, 2)).isEqualTo(whole);
    }

    private static INDArray drawnAhead(Path saves, int epochs) throws IOException {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new Shuffled(), BatchSchedule.constant(3))
                .build();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                .everyIterations(1)
                .data(batches)
                .build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(Nets::mlp);
        batches.attachTo(network);
        network.addListeners(checkpoints);
        while (network.getEpochCount() < epochs) {
            AsyncDataSetIterator ahead = new AsyncDataSetIterator(batches, 2);
            network.fit(ahead);
            ahead.shutdown();
            if (network.getEpochCount() < epochs) {
                batches.reset();
            }
        }
        return network.params();
    }

    private static MultiLayerNetwork recurrent() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(4)
                .list()
                .layer(new LSTM.Builder().nIn(2).nOut(3).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nIn(3)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(4)
                .build());
        network.init();
        return network;
    }

    @Test
    void aSeriesInTheMiddleIsNotSaved() throws IOException {
        MultiLayerNetwork network = recurrent();
        network.setListeners(TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .everyEpochs(1)
                .build());
        network.fit(new ListSource(List.of(new DataSet(Nd4j.rand(2, 2, 12), Nd4j.rand(2, 1, 12)))));
        assertThat(network.getIterationCount()).isEqualTo(3);
        assertThat(states(folder)).singleElement().asString().endsWith("checkpoint-3-epoch-1.zip.state.json");
    }

    /** The end of the epoch is all that there is, whoever asked for another time. */
    @Test
    void aSeriesInTheMiddleIsSavedAtTheEpochsEnd() throws IOException {
        MultiLayerNetwork network = recurrent();
        network.setListeners(
                TrainingCheckpoints.builder(folder).everyIterations(2).build());
        network.fit(new ListSource(List.of(new DataSet(Nd4j.rand(2, 2, 12), Nd4j.rand(2, 1, 12)))), 2);
        assertThat(states(folder)).hasSize(2).last().asString().endsWith("checkpoint-6-epoch-2.zip.state.json");
    }

    /** A rate finder, say, also before the graph itself is trained: DL4J hands a clone the graph's list of listeners. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCloneOfTheGraphIsNotSaved(boolean trainedBefore) throws Throwable {
        ComputationGraph graph = Nets.graph();
        graph.setListeners(
                TrainingCheckpoints.builder(folder).everyEpochs(1).keepLast(9).build());
        ComputationGraph probe = graph.clone();
        if (trainedBefore) {
            graph.fit(new ListSource(Nets.data(4, 4)));
        }
        assertThat(said(() -> {
                    probe.fit(new ListSource(Nets.data(4, 4)), 2);
                }))
                .singleElement()
                .asString()
                .contains("A clone of the network trains, which is not saved");
        assertThat(states(folder)).hasSize(trainedBefore ? 1 : 0);
        if (!trainedBefore) {
            graph.fit(new ListSource(Nets.data(4, 4)));
        }
        INDArray trained = graph.params().dup();
        assertThat(TrainingCheckpoints.builder(folder)
                        .build()
                        .resume(ComputationGraph.class)
                        .orElseThrow()
                        .params())
                .isEqualTo(trained);
        // The best network of early stopping is one, and may be gone on with.
        probe.setListeners(
                TrainingCheckpoints.builder(folder).everyEpochs(1).keepLast(9).build());
        probe.fit(new ListSource(Nets.data(4, 4)));
        assertThat(states(folder)).hasSize(2);
    }

    /** Its CheckpointListener is the graph's, and saves them where the graph's are. */
    @Test
    void modelsOfACloneAreNoneOfTheGraphs() throws Throwable {
        ComputationGraph graph = Nets.graph();
        graph.setListeners(
                new CheckpointListener.Builder(folder.toFile())
                        .keepAll()
                        .saveEveryNEpochs(2)
                        .build(),
                TrainingCheckpoints.builder(folder).besideCheckpointListener().build());
        ComputationGraph probe = graph.clone();
        probe.fit(new ListSource(Nets.data(4)), 2);
        assertThat(CheckpointListener.lastCheckpoint(folder.toFile())).isNotNull();
        assertThat(said(() -> graph.fit(new ListSource(Nets.data(4))))).isEmpty();
        assertThat(states(folder)).isEmpty();
    }

    /** As a folder on another disk is, where nodes of a cluster share one. */
    @Test
    void aLinkToAFolder() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder("real"));
        MultiLayerNetwork network = Nets.mlp();
        network.setListeners(TrainingCheckpoints.builder(link).everyEpochs(1).build());
        network.fit(new ListSource(Nets.data(4, 4)));
        assertThat(states(folder("real"))).hasSize(1);
        assertThat(TrainingCheckpoints.builder(link).build().resume(MultiLayerNetwork.class))
                .isPresent();
    }

    /** A model of a series' middle is none either, and nothing is amiss with the listeners' order. */
    @Test
    void modelsOfTheCheckpointListenerInTheMiddleOfASeries() throws Throwable {
        MultiLayerNetwork network = recurrent();
        network.setListeners(
                checkpointListener(folder),
                TrainingCheckpoints.builder(folder).besideCheckpointListener().build());
        ListSource series = new ListSource(List.of(new DataSet(Nd4j.rand(2, 2, 12), Nd4j.rand(2, 1, 12))));
        assertThat(said(() -> network.fit(series, 2)))
                .singleElement()
                .asString()
                .contains("saveEveryNEpochs");
        assertThat(states(folder)).hasSize(2);

        Path without = folder("without");
        MultiLayerNetwork other = recurrent();
        other.setListeners(
                everyIteration(without),
                TrainingCheckpoints.builder(without).besideCheckpointListener().build());
        assertThat(said(() -> other.fit(series, 2))).singleElement().asString().contains("saveEveryNEpochs");
        assertThat(states(without)).isEmpty();
    }

    /** DL4J keeps what it remembers in an object of its own. */
    @ParameterizedTest
    @EnumSource(OptimizationAlgorithm.class)
    void anOptimiserWithAMemoryIsSaid(OptimizationAlgorithm algorithm) throws Throwable {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .optimizationAlgo(algorithm)
                .updater(new Sgd(0.1))
                .list()
                .layer(new OutputLayer.Builder()
                        .nIn(Nets.INPUTS)
                        .nOut(Nets.CLASSES)
                        .build())
                .build());
        network.init();
        network.setListeners(TrainingCheckpoints.builder(folder).build());
        List<String> said = said(() -> network.fit(new ListSource(Nets.data(4, 5))));
        if (algorithm == OptimizationAlgorithm.LBFGS) {
            assertThat(said).singleElement().asString().contains("LBFGS");
        } else {
            assertThat(said).isEmpty();
        }
        assertThat(states(folder)).hasSize(1);
    }

    @Test
    void whatIsNoCheckpointIsLeftOut() throws IOException {
        Path saves = folder("saves");
        Program program = new Program(Setup.SCHEDULE, folder("whole"), saves, Program.UPDATE);
        program.begin();
        program.train();
        List<Path> states = states(saves);
        Path last = states.get(states.size() - 1);
        Path lastModel = saves.resolve(last.getFileName().toString().replace(".state.json", ""));
        String json = Files.readString(last);

        Files.writeString(last, json.substring(0, json.length() / 2));
        assertThat(iterationOfResumed(saves)).isEqualTo(states.size() - 1);
        Files.writeString(last, json);
        assertThat(iterationOfResumed(saves)).isEqualTo(states.size());
        Files.copy(saves.resolve("checkpoint-1.zip"), lastModel, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(iterationOfResumed(saves)).isEqualTo(states.size() - 1);
        Files.write(lastModel, Arrays.copyOf(Files.readAllBytes(lastModel), 1000));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> iterationOfResumed(only(last, folder("cut"))))
                .withMessageContaining("expected a model of DL4J, a whole zip file");
        assertThat(iterationOfResumed(saves)).isEqualTo(states.size() - 1);
        Files.delete(lastModel);
        assertThat(iterationOfResumed(saves)).isEqualTo(states.size() - 1);

        for (Path state : states(saves)) {
            Files.writeString(state, Files.readString(state).replace("\"version\":1", "\"version\":2"));
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> iterationOfResumed(saves))
                .withMessageContaining(saves.toString())
                .withMessageContaining("of version 1, got")
                .withMessageContaining("of version 2");
    }

    private int iterationOfResumed(Path saves) throws IOException {
        Program program =
                new Program(Setup.SCHEDULE, Files.createTempDirectory(folder, "resumed"), saves, Program.UPDATE);
        program.begin();
        return BaseOptimizer.getIterationCount(program.network);
    }

    @Test
    void aCheckpointOfOtherPiecesIsRefused() throws IOException {
        Path saves = folder("saves");
        Program program = new Program(Setup.SCHEDULE, folder("whole"), saves, Program.EPOCH);
        program.begin();
        program.train();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> TrainingCheckpoints.builder(saves).build().resume(MultiLayerNetwork.class))
                .withMessageContaining(
                        "Expected the state of [], as in this builder, got that of [controller, data, fisher]");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> program.checkpoints.resume(ComputationGraph.class))
                .withMessageContaining("Expected a ComputationGraph, got a MultiLayerNetwork");
    }

    @Test
    void severalFisherListeners() throws IOException {
        List<FisherListener> whole = measured(folder("whole"), 3);
        for (int epochs = 1; epochs < 3; epochs++) {
            measured(folder("after" + epochs), epochs);
            List<FisherListener> resumed = measured(folder("after" + epochs), 3);
            for (int i = 0; i < whole.size(); i++) {
                assertThat(resumed.get(i).history().toJson())
                        .isEqualTo(whole.get(i).history().toJson());
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        TrainingCheckpoints.builder(folder).fisher(whole.get(0)).fisher(whole.get(0)))
                .withMessage("Expected each FisherListener once, got one twice");
    }

    private static List<FisherListener> measured(Path saves, int until) throws IOException {
        List<FisherListener> listeners = List.of(
                FisherListener.builder().everyIterations(1).build(),
                FisherListener.builder().everyIterations(2).build());
        DataSetIterator data = new Shuffled();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                .data(data)
                .fisher(listeners.get(0))
                .fisher(listeners.get(1))
                .build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(() ->
                (MultiLayerNetwork) Setup.SCHEDULE.network());
        network.addListeners(listeners.get(0), listeners.get(1), checkpoints);
        while (network.getEpochCount() < until) {
            network.fit(data);
        }
        return listeners;
    }

    @Test
    void stateOfOnesOwn() throws IOException {
        int[] count = {0};
        MultiLayerNetwork network = Nets.mlp();
        network.setListeners(TrainingCheckpoints.builder(folder)
                .part("count", () -> "" + ++count[0], text -> {})
                .build());
        ListSource data = new ListSource(Nets.data(4, 5));
        network.fit(data);
        network.fit(data);
        int[] restored = {0};
        Optional<MultiLayerNetwork> resumed = TrainingCheckpoints.builder(folder)
                .part("count", () -> "", text -> restored[0] = Integer.parseInt(text))
                .build()
                .resume(MultiLayerNetwork.class);
        assertThat(resumed)
                .get()
                .satisfies(one -> assertThat(one.getEpochCount()).isEqualTo(2));
        assertThat(restored[0]).isEqualTo(2);
    }

    @Test
    void aListenerThatComesLaterWouldBeMissedSoNothingIsSaved() throws IOException {
        MultiLayerNetwork network = Nets.mlp();
        FisherListener fisher = FisherListener.builder().build();
        network.setListeners(TrainingCheckpoints.builder(folder).fisher(fisher).build(), fisher);
        network.fit(new ListSource(Nets.data(4, 5)));
        assertThat(states(folder)).isEmpty();
        assertThat(network.getIterationCount()).isEqualTo(2);
    }

    /** A full disk, a folder that is none, a folder that may not be written: training goes on. */
    @Test
    void whatCannotBeSavedDoesNotEndTraining() throws IOException {
        File file = folder.resolve("file").toFile();
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(file.toPath()).everyIterations(1).build();
        assertThat(file.createNewFile()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingCheckpoints.builder(file.toPath()))
                .withMessage("Expected a folder for the checkpoints, got the file " + file);
        MultiLayerNetwork network = Nets.mlp();
        network.setListeners(checkpoints);
        network.fit(new ListSource(Nets.data(4, 5)));
        assertThat(network.getIterationCount()).isEqualTo(2);
        assertThat(file).isEmpty();
    }

    /** The source is begun anew for an epoch in which it does not fill a batch. */
    @ParameterizedTest
    @EnumSource(LastBatch.class)
    void anEpochWithoutAnUpdate(LastBatch last) throws IOException {
        INDArray whole = lateStart(last, folder("whole"), 4);
        Path saves = folder("saves");
        for (int epochs = 1; epochs < 4; epochs++) {
            lateStart(last, saves, epochs);
        }
        assertThat(lateStart(last, saves, 4)).isEqualTo(whole);
    }

    private static INDArray lateStart(LastBatch last, Path saves, int epochs) throws IOException {
        DynamicBatchIterator data = DynamicBatchIterator.builder(
                        new Shuffled(), (BatchSchedule) (epoch, iteration) -> epoch == 0 ? 30 : 5)
                .lastBatch(last)
                .build();
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(saves).everyIterations(3).data(data).build();
        MultiLayerNetwork network = checkpoints.resume(MultiLayerNetwork.class).orElseGet(() ->
                (MultiLayerNetwork) Setup.SCHEDULE.network());
        data.attachTo(network);
        network.addListeners(checkpoints);
        while (network.getEpochCount() < epochs) {
            network.fit(data);
        }
        return network.params();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPlaceThatWouldTakeForEverIsRefused() {
        DynamicBatchIterator data = DynamicBatchIterator.builder(new Shuffled(), BatchSchedule.constant(5))
                .build();
        for (DataPlace place : List.of(DataPlace.of(data), DataPlace.of(new Shuffled()))) {
            String state = place.state(3, 12, false).replace("\"passes\":0", "\"passes\":2147483647");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> place.restore(state, 160, true))
                    .withMessageContaining("Expected at most 160 passes through the data so far, got 2147483647");
        }
    }

    /** What another listener does at the end of an epoch is not missed by a training that is resumed. */
    @Test
    void theEndOfAnEpochIsNotMissed() throws IOException {
        Path saves = folder("saves");
        AtomicInteger ends = new AtomicInteger();
        DynamicBatchIterator batches = DynamicBatchIterator.builder(new Shuffled(), BatchSchedule.constant(6))
                .build();
        TrainingCheckpoints checkpoints = TrainingCheckpoints.builder(saves)
                .everyIterations(4)
                .everyEpochs(100)
                .data(batches)
                .part("ends", ends::toString, state -> {})
                .build();
        MultiLayerNetwork network = Nets.mlp();
        batches.attachTo(network);
        network.addListeners(
                new BaseTrainingListener() {
                    @Override
                    public void onEpochEnd(Model model) {
                        ends.incrementAndGet();
                    }
                },
                checkpoints);
        network.fit(batches);
        // 23 examples: four updates.
        assertThat(states(saves)).singleElement().asString().endsWith("checkpoint-4-epoch-1.zip.state.json");
        assertThat(CheckpointState.fromJson(Files.readString(states(saves).get(0)))
                        .parts
                        .get("ends"))
                .isEqualTo("1");
    }

    /** A loop over fit(batch) tells of no epochs: where a pass stands is not known. */
    @Test
    void withinAPassOfALoopOfOnesOwnNothingIsSaved() throws IOException {
        ListSource data = new ListSource(Nets.data(4, 5, 3));
        MultiLayerNetwork network = Nets.mlp();
        network.addListeners(TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .data(data)
                .build());
        while (data.hasNext()) {
            network.fit(data.next());
        }
        assertThat(network.getIterationCount()).isEqualTo(3);
        assertThat(states(folder)).isEmpty();
    }

    @Test
    void truncatedSeriesOfAPlainIterator() throws IOException {
        INDArray whole = series(folder("whole"), 3);
        Path saves = folder("saves");
        series(saves, 2);
        assertThat(series(saves, 3)).isEqualTo(whole);
    }

    private static INDArray series(Path saves, int epochs) throws IOException {
        Nd4j.getRandom().setSeed(3);
        INDArray features = Nd4j.rand(2, 2, 12);
        INDArray labels = Nd4j.rand(2, 1, 12);
        ListSource data =
                new ListSource(List.of(new DataSet(features, labels), new DataSet(labels.repeat(1, 2), labels)));
        TrainingCheckpoints checkpoints =
                TrainingCheckpoints.builder(saves).data(data).build();
        MultiLayerNetwork network =
                checkpoints.resume(MultiLayerNetwork.class).orElseGet(TrainingCheckpointsTest::recurrent);
        network.addListeners(checkpoints);
        while (network.getEpochCount() < epochs) {
            network.fit(data);
        }
        return network.params();
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws IOException {
        Path saves = folder("saves");
        List<String> left =
                List.of("checkpoint-31.zip", "checkpoint-32.zip.tmp", "checkpoint-33-epoch-2.zip.state.json.tmp");
        List<String> foreign = List.of("checkpoint.zip", "best.zip", "notes.tmp", "app.state.json");
        for (String name : left) {
            Files.createFile(saves.resolve(name));
        }
        for (String name : foreign) {
            Files.createFile(saves.resolve(name));
        }
        Program program = new Program(Setup.SCHEDULE, folder("whole"), saves, Program.EPOCH);
        assertThat(program.begin()).isFalse();
        program.train();
        assertThat(left).allSatisfy(name -> assertThat(saves.resolve(name)).doesNotExist());
        assertThat(foreign).allSatisfy(name -> assertThat(saves.resolve(name)).exists());
    }

    /** Those are other trainings', unless resumeFrom says otherwise. */
    @Test
    void foldersWithinAreNotLookedInto() throws IOException {
        Path saves = folder("saves");
        Path inside = folder("saves/other");
        Program other = new Program(Setup.SCHEDULE, folder("whole"), inside, Program.EPOCH);
        other.begin();
        other.train();
        assertThat(iterationOfResumed(saves)).isZero();
        assertThat(TrainingCheckpoints.builder(saves)
                        .resumeFrom(saves)
                        .data(other.data)
                        .fisher(other.fisher)
                        .controller(other.control)
                        .build()
                        .resume(MultiLayerNetwork.class))
                .isPresent();
    }

    @Test
    void aPlaceCountedInBatchesIsNoneInExamples() throws IOException {
        Path saves = folder("saves");
        Program plain = new Program(Setup.PLAIN_ITERATOR, folder("whole"), saves, Program.EPOCH);
        plain.begin();
        plain.train();
        Program dynamic = new Program(Setup.SCHEDULE, folder("other"), saves, Program.EPOCH);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(dynamic::begin)
                .withMessageContaining("Expected a place in the data counted in EXAMPLES")
                .withMessageContaining("got one in BATCHES");
    }

    /** What is said while this is done. */
    private static List<String> said(ThrowingCallable training) throws Throwable {
        return said(TrainingCheckpoints.class, training);
    }

    static List<String> said(Class<?> by, ThrowingCallable training) throws Throwable {
        Logger logger = (Logger) LoggerFactory.getLogger(by);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            training.call();
        } finally {
            logger.detachAppender(appender);
        }
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).collect(Collectors.toList());
    }

    @Test
    void whatIsForgottenIsSaid() throws Throwable {
        DynamicBatchIterator batches = DynamicBatchIterator.builder(
                        new ListSource(Nets.data(4, 5)), BatchSchedule.constant(3))
                .build();
        MultiLayerNetwork network = Nets.mlp();
        batches.attachTo(network);
        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        network.addListeners(fisher, TrainingCheckpoints.builder(folder).build());
        assertThat(said(() -> network.fit(batches)))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("call data(batches)"))
                .anySatisfy(line -> assertThat(line).contains("call fisher(listener)"));

        BatchController control = BatchController.builder(new NormTest()).build();
        DynamicBatchIterator controlled = DynamicBatchIterator.builder(new ListSource(Nets.data(4, 5)), control)
                .build();
        for (boolean handedOver : new boolean[] {false, true}) {
            MultiLayerNetwork other = Nets.mlp();
            controlled.attachTo(other);
            TrainingCheckpoints.Builder builder = TrainingCheckpoints.builder(folder("controlled" + handedOver))
                    .data(controlled);
            other.addListeners((handedOver ? builder.controller(control) : builder).build());
            assertThat(said(() -> other.fit(controlled)))
                    .filteredOn(line -> line.contains("BatchController that was not handed to controller"))
                    .hasSize(handedOver ? 0 : 1);
        }

        MultiLayerNetwork beside = Nets.mlp();
        beside.addListeners(TrainingCheckpoints.builder(folder("beside"))
                .besideCheckpointListener()
                .build());
        assertThat(said(() -> beside.fit(new ListSource(Nets.data(4, 5)))))
                .singleElement()
                .asString()
                .contains("No checkpoint will be saved", "the network has none");
    }

    /** As early stopping trainers do. */
    @Test
    void anEpochCountThatFallsBackIsSaid() throws Throwable {
        Path saves = folder("saves");
        Program first = new Program(Setup.SCHEDULE, folder("first"), saves, Program.EPOCH);
        first.begin();
        first.train();
        Program second = new Program(Setup.SCHEDULE, folder("second"), saves, Program.EPOCH);
        second.begin();
        ((MultiLayerNetwork) second.network).setEpochCount(0);
        assertThat(said(second::train))
                .anySatisfy(line -> assertThat(line).contains("was resumed in epoch 3 and begins epoch 0"));
    }

    @Test
    void anErrorWithinAPartDoesNotEndTraining() throws IOException {
        MultiLayerNetwork network = Nets.mlp();
        network.setListeners(TrainingCheckpoints.builder(folder)
                .everyIterations(1)
                .part(
                        "deep",
                        () -> {
                            throw new StackOverflowError();
                        },
                        text -> {})
                .build());
        network.fit(new ListSource(Nets.data(4, 5)));
        assertThat(network.getIterationCount()).isEqualTo(2);
        assertThat(states(folder)).isEmpty();
    }

    @Test
    void settingsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingCheckpoints.builder(null))
                .withMessage("Expected folder, got null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingCheckpoints.builder(folder).everyIterations(0))
                .withMessageContaining("everyIterations");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingCheckpoints.builder(folder)
                        .everyEpochs(2)
                        .besideCheckpointListener()
                        .build())
                .withMessageContaining("Expected the CheckpointListener to say when models are saved");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingCheckpoints.builder(folder).build().resume(Model.class))
                .withMessageContaining("Expected MultiLayerNetwork.class or ComputationGraph.class");
    }

    /** With a network of some size each of them takes its time. */
    @Test
    void aSaveThatFailedIsTriedAgainAnIntervalLater() {
        long[] now = {0};
        List<Long> tries = new ArrayList<>();
        TrainingCheckpoints.Builder builder = TrainingCheckpoints.builder(folder)
                .every(Duration.ofNanos(10))
                .part(
                        "broken",
                        () -> {
                            tries.add(now[0]);
                            throw new IllegalStateException("no state");
                        },
                        text -> {});
        builder.clock = () -> now[0];
        MultiLayerNetwork network = Nets.mlp();
        network.setListeners(
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        now[0] += 4;
                    }
                },
                builder.build());
        network.fit(new ListSource(Nets.data(2, 2, 2, 2, 2, 2, 2, 2, 2)));
        assertThat(tries).containsExactly(12L, 24L, 36L);
    }
}
